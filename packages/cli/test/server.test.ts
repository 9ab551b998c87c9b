import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { startFace, type Face } from "../../catalog/test/openmetadata-face/face.ts";
import { csvExample, omd, temporaryDirectory } from "./run-omd.ts";

const token = "canary-token-4f2b";
const home = temporaryDirectory();
const file = join(home.path, "server.yaml");
let store: EmbeddedCatalog;
let face: Face;

beforeAll(async () => {
  store = openEmbeddedCatalog({ file: ":memory:" });
  face = await startFace({ store, token });
  const yaml = readFileSync(join(csvExample, "csv-database.yaml"), "utf8").trimEnd();
  writeFileSync(
    file,
    `${yaml}\n  openMetadataServerConfig:\n    hostPort: ${face.hostPort}\n    securityConfig:\n      jwtToken: ${token}\n`,
  );
});

afterAll(async () => {
  await face.close();
  await store.close();
});

function inExample(...args: string[]) {
  return omd([...args, "-c", file], { cwd: csvExample, env: { OMD_HOME: home.path } });
}

describe("with a server", () => {
  test("ingest writes there, once; the token is shown nowhere", async () => {
    const first = await inExample("ingest", "--debug");
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("Catalog: 7 created");
    expect(first.stdout).toContain(`rest catalog 1.12.8`);
    expect(await store.search("table", { pattern: "*.orders" })).toHaveLength(1);
    const before = face.calls.length;
    const second = await inExample("ingest", "--json");
    expect(JSON.parse(second.stdout)).toMatchObject({ writes: { created: 0, updated: 0, unchanged: 7 } });
    expect(face.calls.slice(before).filter((call) => call.method !== "GET")).toEqual([]);
    for (const { stdout, stderr } of [first, second]) expect(stdout + stderr).not.toContain(token);
  });

  test("catalog commands look there", async () => {
    const list = await inExample("catalog", "list", "--type", "table");
    expect(list).toMatchObject({ code: 0, stderr: "3 entities\n" });
    const search = await inExample("catalog", "search", "order", "--json");
    expect(JSON.parse(search.stdout)).toContainEqual({
      type: "table",
      fqn: "shop_csv.shop.raw.orders",
      match: "name",
      matched: "shop_csv.shop.raw.orders",
    });
    const get = await inExample("catalog", "get", "shop_csv.shop.raw.orders", "--json");
    expect(JSON.parse(get.stdout)).toMatchObject({ type: "table", name: "orders" });
    const lineage = await inExample("catalog", "lineage", "shop_csv.shop.raw.orders");
    expect(lineage).toMatchObject({
      code: 0,
      stdout: "table shop_csv.shop.raw.orders\nupstream: none\ndownstream: none\n",
    });
  });

  test.each(["export", "reset"])("catalog %s is for the embedded one only", async (command) => {
    const { code, stdout, stderr } = await inExample("catalog", command);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("the file names a server");
  });

  test("a refused token fails with its code and no token", async () => {
    const wrong = join(home.path, "wrong.yaml");
    writeFileSync(wrong, readFileSync(file, "utf8").replace(token, "canary-wrong-9c1d"));
    const { code, stdout, stderr } = await omd(["catalog", "list", "-c", wrong], { cwd: csvExample });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("[OMD_CATALOG]");
    expect(stderr).not.toContain("canary-wrong");
  });
});
