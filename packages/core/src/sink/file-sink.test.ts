import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { fqnOf, type MetadataRecord } from "@omd/schema";
import { FileSink } from "./file-sink.ts";

const records: MetadataRecord[] = [
  { kind: "entity", entityType: "pipeline", request: { service: "svc", name: "b" }, marks: [{ key: "k", value: "v" }] },
  { kind: "entity", entityType: "pipeline", request: { name: "a", service: "svc", description: "hush-hush" } },
  { kind: "testResult", testCase: fqnOf("s", "d", "x", "t", "c"), results: [] },
  { kind: "entityUpdate", entityType: "table", fqn: fqnOf("s", "d", "x", "t"), set: { description: "d" } },
  { kind: "dataModel", table: fqnOf("s", "d", "x", "t"), dataModel: { modelType: "DBT" } },
  { kind: "tag", classification: { name: "C", description: "" }, tag: { name: "t", description: "" } },
];

async function write(items: readonly MetadataRecord[]): Promise<string> {
  const filename = join(mkdtempSync(join(tmpdir(), "omd-file-")), "out", "records.jsonl");
  const sink = new FileSink({ filename, redact: (text) => text.replaceAll("hush-hush", "***") });
  for (const record of items) expect((await sink.run(record)).left).toBeUndefined();
  await sink.close();
  return readFileSync(filename, "utf8");
}

test("the same records give the same bytes, in whatever order they came", async () => {
  const file = await write(records);
  expect(await write([...records].reverse())).toBe(file);
  expect(file.split("\n")).toEqual([
    '{"entityType":"pipeline","kind":"entity","request":{"description":"***","name":"a","service":"svc"}}',
    '{"entityType":"pipeline","kind":"entity","request":{"name":"b","service":"svc"}}',
    '{"classification":{"description":"","name":"C"},"kind":"tag","tag":{"description":"","name":"t"}}',
    '{"dataModel":{"modelType":"DBT"},"kind":"dataModel","table":"s.d.x.t"}',
    '{"entityType":"table","fqn":"s.d.x.t","kind":"entityUpdate","set":{"description":"d"}}',
    '{"kind":"testResult","results":[],"testCase":"s.d.x.t.c"}',
    "",
  ]);
});

test("a file that cannot be written is told of at the start, and what is there stays until the end", async () => {
  const dir = mkdtempSync(join(tmpdir(), "omd-file-"));
  const redact = (text: string): string => text;
  expect(() => new FileSink({ filename: dir, redact })).toThrow("EISDIR");
  if (existsSync("/proc/self")) expect(() => new FileSink({ filename: "/proc/x/o.jsonl", redact })).toThrow("ENOENT");
  const filename = join(dir, "o.jsonl");
  writeFileSync(filename, "before");
  const sink = new FileSink({ filename, redact });
  expect(readFileSync(filename, "utf8")).toBe("before");
  await sink.close();
  expect(readFileSync(filename, "utf8")).toBe("");
});
