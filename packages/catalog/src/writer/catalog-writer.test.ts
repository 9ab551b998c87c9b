import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openEmbeddedCatalog } from "../embedded/embedded-catalog.ts";
import { isOmdError, type CatalogError } from "@omd/core";
import { fqnOf } from "@omd/schema";
import { startCatalogWriter } from "./catalog-writer.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omd-writer-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const file = (): string => join(folder, "catalog.db");

test("what the thread writes is read on this one once it answered", async () => {
  const writer = await startCatalogWriter({ file: file() });
  const reader = openEmbeddedCatalog({ file: file(), readOnly: true });
  const results = await Promise.all(
    ["a", "b", "c"].map((name) => writer.put("databaseService", { name, serviceType: "Mysql" })),
  );
  expect(results.map(({ outcome, entity }) => [outcome, entity.name])).toEqual([
    ["created", "a"],
    ["created", "b"],
    ["created", "c"],
  ]);
  expect((await reader.get("databaseService", fqnOf("b")))?.id).toBe(results[1]?.entity.id);
  await reader.close();
  await writer.close();
});

test("errors keep code, status and message", async () => {
  const writer = await startCatalogWriter({ file: file() });
  const error: unknown = await writer
    .put("database", { name: "shop", service: "none" })
    .catch((caught: unknown) => caught);
  expect(isOmdError(error)).toBe(true);
  expect(error).toMatchObject({
    name: "CatalogError",
    code: "OMD_CATALOG_NOT_FOUND",
    status: 404,
    message: "databaseService instance for none not found",
  });
  await writer.close();
});

test("close waits for what is under way, and nothing is taken after it", async () => {
  const writer = await startCatalogWriter({ file: file() });
  const writes = Array.from({ length: 50 }, (_, at) =>
    writer.put("databaseService", { name: `s${String(at)}`, serviceType: "Mysql" }),
  );
  await writer.close();
  expect((await Promise.all(writes)).map(({ outcome }) => outcome)).toEqual(writes.map(() => "created"));
  await expect(writer.connect()).rejects.toThrow("is closed");
});

test("a file that is no catalog is refused at the start", async () => {
  writeFileSync(file(), "no database at all, but long enough to be read as one".repeat(40));
  const crashes: CatalogError[] = [];
  await expect(startCatalogWriter({ file: file(), onCrash: (error) => crashes.push(error) })).rejects.toThrow(
    "is not a catalog",
  );
  expect(crashes).toEqual([]);
});

test("when the thread ends by itself all waiting and later calls fail, and the owner is told once", async () => {
  const crashes: CatalogError[] = [];
  const script = new URL("../../test/crashing-thread.ts", import.meta.url);
  const writer = await startCatalogWriter({ file: file(), onCrash: (error) => crashes.push(error) }, script);
  const waiting = [writer.reset(), writer.reset()];
  const results = await Promise.allSettled(waiting);
  for (const result of results)
    expect(result).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringContaining("ended unexpectedly: exit code 3") },
    });
  await expect(writer.reset()).rejects.toThrow("ended unexpectedly");
  expect(crashes).toHaveLength(1);
  await writer.close();
});
