import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import nock from "nock";
import { createRestCatalog, type RestCatalogConfig } from "../../src/rest/rest-catalog.ts";

/** A REST catalog whose server answers what nock was told. */
export interface MockedServer {
  readonly catalog: ReturnType<typeof createRestCatalog>;
  readonly http: HttpRuntime;
  /** Scope below `/api/v1`. */
  readonly api: nock.Scope;
  /** Ends the runtime; returns the mocks that were not used. */
  close(): Promise<string[]>;
}

export const origin = "http://om.test:8585";

/** Nothing but the mocks can be reached until `close`. `version: false` leaves the version probe to the test. */
export function mockServer(
  config: Partial<RestCatalogConfig> = {},
  options: { version?: string | false; retries?: number } = {},
): MockedServer {
  // Core modules are shared by the test files of one worker: what nock puts in there must not outlive a test.
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  const http = createHttpRuntime({ defaults: { retry: { limit: options.retries ?? 2, baseMs: 1, maxWaitMs: 5000 } } });
  const api = nock(`${origin}/api/v1`);
  if (options.version !== false) api.get("/system/version").reply(200, { version: options.version ?? "1.12.8" });
  return {
    catalog: createRestCatalog({ hostPort: `${origin}/api`, ...config }, { http }),
    http,
    api,
    close: async () => {
      await http.close();
      const pending = nock.pendingMocks();
      nock.cleanAll();
      nock.enableNetConnect();
      nock.restore();
      return pending;
    },
  };
}

/** An entity as the server answers it. */
export const answered = (fullyQualifiedName: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: idOf(fullyQualifiedName),
  name: fullyQualifiedName.split(".").at(-1),
  fullyQualifiedName,
  version: 0.1,
  deleted: false,
  ...more,
});

/** A stable made-up id. */
export function idOf(text: string): string {
  const hex = Buffer.from(text).toString("hex").padEnd(32, "0").slice(-32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
