import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { createApp } from "../src/app.ts";

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined without a body. */
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The app over a catalog in memory, which is its own writer. */
export interface TestApp {
  readonly app: FastifyInstance;
  readonly catalog: EmbeddedCatalog;
  readonly logged: readonly string[];
  /** `path` is below `/api/v1` unless it begins with `/api`. */
  call(
    method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

export function openTestApp(): TestApp {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  const logged: string[] = [];
  const app = createApp({ catalog, writer: catalog, version: "1.12.8", omdHome: "/nowhere" }, (text) =>
    logged.push(text),
  );
  return {
    app,
    catalog,
    logged,
    call: async (method, path, body, headers = {}) => {
      const answer = await app.inject({
        method,
        url: path.startsWith("/api") ? path : `/api/v1${path}`,
        ...(body === undefined
          ? { headers }
          : { payload: JSON.stringify(body), headers: { "content-type": contentType(method), ...headers } }),
      });
      const text = answer.body;
      const parsed = (text === "" ? undefined : JSON.parse(text)) as Record<string, unknown>;
      return { status: answer.statusCode, body: parsed, headers: answer.headers };
    },
    close: async () => {
      await app.close();
      await catalog.close();
    },
  };
}

function contentType(method: string): string {
  return method === "PATCH" ? "application/json-patch+json" : "application/json";
}

/** A service, a database, a schema and tables with one column; answers the tables' ids by name. */
export async function addTables(test: TestApp, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  await test.call("PUT", "/services/databaseServices", { name: "lite.db", serviceType: "SQLite" });
  await test.call("PUT", "/databases", { name: "shop", service: "lite.db" });
  await test.call("PUT", "/databaseSchemas", { name: "main", database: '"lite.db".shop' });
  const ids: Record<string, string> = {};
  for (const name of names) {
    const columns = [{ name: "id", dataType: "INT" }];
    const { body } = await test.call("PUT", "/tables", { name, databaseSchema: '"lite.db".shop.main', columns });
    ids[name] = String(body["id"]);
  }
  return ids;
}
