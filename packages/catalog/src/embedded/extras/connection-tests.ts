import type { CatalogEntity } from "@omd/core";
import { testConnectionResult, type ServiceType } from "@omd/schema";
import { masked } from "../mask.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";

export const connectionResult = "testConnectionResult";

/** What came of testing the connections of services. Source: om-api §3.0. */
export class ConnectionTests {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** The newest result takes the place of the one before. Throws CatalogError: 404 without the service, 400. */
  put(type: ServiceType, id: string, body: unknown): CatalogEntity {
    const service = this.#context.live(type, id);
    // Messages of drivers may quote the address with its password.
    const result = masked(parsed(testConnectionResult, body, "test connection result")) as object;
    this.#context.attachments.put(service.id, connectionResult, "", result);
    return this.#context.show(service, connectionResult);
  }
}
