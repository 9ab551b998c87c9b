import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { HttpClient, HttpRuntime } from "@omd/http";
import { fqnOf } from "@omd/schema";
import { openCatalog } from "./open.ts";

const omdHome = mkdtempSync(join(tmpdir(), "omd-home-"));
afterAll(() => rmSync(omdHome, { recursive: true, force: true }));

/** Refuses every call: opening a catalog must not talk to anybody. */
const http: HttpRuntime = {
  client: ({ name, baseUrl }): HttpClient => ({
    name,
    baseUrl,
    request: () => Promise.reject(new Error("no network in this test")),
    json: () => Promise.reject(new Error("no network in this test")),
  }),
  figures: () => ({}),
  close: () => Promise.resolve(),
};

describe("openCatalog", () => {
  test.each([[undefined], [{ hostPort: "embedded" }]])(
    "opens the file in omd's home without a server (%#)",
    async (config) => {
      const catalog = await openCatalog(config, { http, omdHome });
      expect(catalog.kind).toBe("embedded");
      expect(existsSync(join(omdHome, "catalog.db"))).toBe(true);
      await catalog.put("pipelineService", { name: "s", serviceType: "Airflow" });
      await catalog.close();
    },
  );

  test("makes no file for who only reads, and reads the one that is there", async () => {
    const readsOnly = { http, omdHome, writes: "none" } as const;
    const there = await openCatalog(undefined, readsOnly);
    expect(await there.get("pipelineService", fqnOf("s"))).toMatchObject({ name: "s" });
    await there.close();
    const home = join(omdHome, "empty");
    const none = await openCatalog(undefined, { ...readsOnly, omdHome: home });
    expect([await none.get("pipelineService", fqnOf("s")), existsSync(home)]).toEqual([undefined, false]);
    await none.close();
  });

  test("opens the REST side for a server", async () => {
    const config = { hostPort: "http://127.0.0.1:9/api", securityConfig: { jwtToken: "a.b.c" } };
    const catalog = await openCatalog(config, { http, omdHome });
    expect(catalog).toMatchObject({ kind: "rest", identity: "rest:http://127.0.0.1:9/api" });
    await catalog.close();
  });

  test("a home that can't be made is a clear error", async () => {
    const file = join(omdHome, "catalog.db");
    await expect(openCatalog(undefined, { http, omdHome: file })).rejects.toMatchObject({
      code: "OMD_CATALOG",
      hint: expect.any(String),
    });
  });
});
