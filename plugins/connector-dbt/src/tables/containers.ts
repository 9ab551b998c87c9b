import type { SourceContext } from "@omd/core";
import type { FQN, MetadataRecord } from "@omd/schema";
import { serviceTypeOf } from "./service-type.ts";
import { lastName, levelsAbove } from "./table-requests.ts";

/** Service, databases and schemas that new tables need and the catalog lacks; each once in a run. What is there is another source's and stays as it is. */
export class Containers {
  readonly #context: SourceContext;
  readonly #done = new Set<FQN>();

  constructor(context: SourceContext) {
    this.#context = context;
  }

  async above(table: FQN, adapter: string | undefined): Promise<MetadataRecord[]> {
    const levels = levelsAbove(table);
    if (levels === undefined || this.#done.has(levels.schema)) return [];
    this.#done.add(levels.schema);
    const { schema, database } = levels;
    const { service, serviceName } = this.#context;
    return [
      ...(await this.#missing("databaseService", service, {
        kind: "entity",
        entityType: "databaseService",
        request: { name: serviceName, serviceType: serviceTypeOf(adapter) },
      })),
      ...(await this.#missing("database", database, {
        kind: "entity",
        entityType: "database",
        request: { name: lastName(database), service },
      })),
      ...(await this.#missing("databaseSchema", schema, {
        kind: "entity",
        entityType: "databaseSchema",
        request: { name: lastName(schema), database },
      })),
    ];
  }

  async #missing(
    type: "databaseService" | "database" | "databaseSchema",
    fqn: FQN,
    record: MetadataRecord,
  ): Promise<MetadataRecord[]> {
    if (type !== "databaseSchema") {
      if (this.#done.has(fqn)) return [];
      this.#done.add(fqn);
    }
    return (await this.#context.known(type, fqn)) ? [] : [record];
  }
}
