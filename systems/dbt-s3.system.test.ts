import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { dbtConfig, DbtPlace, dbtDirectory, told } from "./dbt-place.ts";
import { difference, env, same, type OmdResult } from "./omd.ts";

/** Artifacts of several projects in a real S3 (moto): dated directories, packed files, a page more than one listing holds. */
const bucket = "artifacts";
const artifacts = join(dbtDirectory({ version: "1.11", target: "duckdb" }), "artifacts");
const billing = join(env("OMD_DBT_RUNS"), "billing", "artifacts");

async function s3(method: string, path: string, body?: Uint8Array | string): Promise<string> {
  const answer = await fetch(`${env("OMD_MOTO_URL")}${path}`, { method, ...(body !== undefined && { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
  return text;
}

async function upload(directory: string, prefix: string, packed = false): Promise<void> {
  for (const name of readdirSync(directory)) {
    const bytes = readFileSync(join(directory, name));
    if (packed) await s3("PUT", `/${bucket}/${prefix}/${name}.gz`, new Uint8Array(gzipSync(bytes)));
    else await s3("PUT", `/${bucket}/${prefix}/${name}`, new Uint8Array(bytes));
  }
}

const credentials = {
  awsAccessKeyId: "canary-key-id",
  awsSecretAccessKey: "canary/s3+secret=",
  awsRegion: "us-east-1",
  endPointURL: env("OMD_MOTO_URL"),
};
const source = (prefix: string): object => ({
  dbtConfigType: "s3",
  dbtSecurityConfig: credentials,
  dbtPrefixConfig: { dbtBucketName: bucket, dbtObjectPrefix: prefix },
});

describe("dbt's artifacts in S3", () => {
  const place = new DbtPlace();
  let first: OmdResult;
  let recorded: string;

  beforeAll(async () => {
    await s3("POST", "/moto-api/reset");
    await s3("PUT", `/${bucket}`);
    // Neither the older day nor what lies beside the prefix may be opened: they cannot be read.
    await s3("PUT", `/${bucket}/prod/dbt/market/2026-11-19/manifest.json`, "{ broken");
    await s3("PUT", `/${bucket}/prod/other/manifest.json`, "{ broken");
    await upload(artifacts, "prod/dbt/market/2026-11-20", true);
    await upload(billing, "prod/dbt/billing");
    for (let at = 0; at < 1100; at += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, more) => s3("PUT", `/${bucket}/prod/dbt/logs/${String(at + more)}.txt`, "x")),
      );
    place.file("dbt.yaml", dbtConfig(source("prod/dbt/")));
    await s3("POST", "/moto-api/recorder/reset-recording");
    await s3("POST", "/moto-api/recorder/start-recording");
    first = await place.ingest();
    await s3("POST", "/moto-api/recorder/stop-recording");
    recorded = await s3("GET", "/moto-api/recorder/download-recording");
  }, 300_000);

  test("the run is complete", () => {
    expect(first.stderr).not.toContain("Error");
    expect(first.code).toBe(0);
  });

  test("only the prefix is listed, page by page, and only artifacts are read, each once", () => {
    const urls = recorded
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => decodeURIComponent((JSON.parse(line) as { url: string }).url));
    const listings = urls.filter((url) => url.includes("list-type=2"));
    expect(listings.length).toBeGreaterThanOrEqual(2);
    for (const url of listings) expect(url).toContain("prefix=prod/dbt/");
    const reads = urls.filter((url) => !url.includes("list-type=2")).map((url) => new URL(url).pathname);
    expect(reads.filter((path) => !/\.json(\.gz)?$/.test(path))).toEqual([]);
    expect(reads.filter((path) => /2026-11-19|other/.test(path))).toEqual([]);
    expect(reads.toSorted()).toEqual([...new Set(reads)].toSorted());
  });

  test("both projects are in the catalog, the dated one as its files on disk give it", async () => {
    const local = new DbtPlace();
    local.lay(artifacts);
    local.configure();
    expect((await local.ingest()).code).toBe(0);
    const found = await place.exportCatalog();
    const tables = (text: string): string =>
      text
        .split("\n")
        .filter((line) => line.includes('"type":"table"') && line.includes("market.market."))
        // Each catalog gives out ids of its own.
        .map((line) => line.replaceAll(/"id":"[^"]*",?/g, ""))
        .join("\n");
    expect(difference(tables(await local.exportCatalog()), tables(found)).onlyInOne).toEqual([]);
    expect(found).toContain("market.billing.bills.open_bills");
  });

  test("a second run writes nothing", async () => {
    const before = await place.exportCatalog();
    const { code, report } = await place.ingest();
    expect(code).toBe(0);
    expect(report?.writes).toEqual(expect.objectContaining({ created: 0, updated: 0, restored: 0, deleted: 0 }));
    expect(difference(await place.exportCatalog(), before)).toEqual(same);
  });

  test("the secret of the store is nowhere", () => {
    expect(told(first)).not.toContain(credentials.awsSecretAccessKey);
  });

  test.each([
    ["a bucket that is not there", { dbtBucketName: "nothing-here", dbtObjectPrefix: "" }, /nothing-here/],
    ["a prefix without a manifest", { dbtBucketName: bucket, dbtObjectPrefix: "prod/dbt/logs/" }, /no manifest\.json/],
  ])("%s is an error that says so", async (_what, dbtPrefixConfig, reason) => {
    const other = new DbtPlace();
    other.file("dbt.yaml", dbtConfig({ dbtConfigType: "s3", dbtSecurityConfig: credentials, dbtPrefixConfig }));
    const result = await other.ingest();
    expect(result.code).toBe(1);
    expect(told(result)).toMatch(reason);
  });
});
