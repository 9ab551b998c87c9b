import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Resolution } from "@omd/core";
import { fakeCatalog, type FakeCatalog } from "../test/fake-catalog.ts";
import { createResolver, type ResolverOptions } from "./resolver.ts";

let catalog: FakeCatalog;
const resolver = (options: Partial<ResolverOptions> = {}) =>
  createResolver({ catalog, databaseServices: [], storageServices: [], ...options });
/** The FQN, or why there is none. */
const outcome = (resolution: Resolution) =>
  resolution.kind === "resolved" ? `${resolution.entity.entityType} ${resolution.entity.fqn}` : resolution.reason;

beforeEach(() => {
  catalog = fakeCatalog();
});

describe("containers", () => {
  beforeEach(() => {
    catalog.add("container", "s3.lake", { fullPath: "s3://lake" });
    catalog.add("container", "s3.lake.raw", { fullPath: "s3://lake/raw/" });
    catalog.add("container", "s3.lake.raw.orders", { fullPath: "s3a://lake/raw/orders" });
    catalog.add("container", "gcs.lake", { fullPath: "gs://lake" });
    catalog.add("container", "adls.data", { fullPath: "abfss://data@acct.dfs.core.windows.net/in" });
    catalog.add("container", "dbfs.mnt", { fullPath: "dbfs:/mnt/in" });
    catalog.add("container", "files.tmp", { fullPath: "file:///tmp/in" });
    catalog.add("container", "hdfs.in", { fullPath: "hdfs://name:8020/in" });
  });

  test.each([
    ["s3://lake/raw/orders", "s3.lake.raw.orders"],
    ["s3://lake/raw/orders/2024/part-0.parquet", "s3.lake.raw.orders"],
    ["s3://lake/raw/other.csv", "s3.lake.raw"],
    ["s3a://lake/raw", "s3.lake.raw"],
    ["s3://lake/rawest/x", "s3.lake"],
    ["s3://lake", "s3.lake"],
    ["gs://lake/a/b", "gcs.lake"],
    ["abfs://data@acct.dfs.core.windows.net/in/x.csv", "adls.data"],
    ["dbfs:///mnt/in/x", "dbfs.mnt"],
    ["file:/tmp/in/x", "files.tmp"],
    ["hdfs://name:8020/in/x", "hdfs.in"],
  ])("%s lies in %s", async (uri, fqn) => {
    expect(outcome(await resolver().dataset(uri))).toBe(`container ${fqn}`);
  });

  test.each([
    ["s3://other/raw/x", "no storage service has a container for s3://other/raw/x or for a directory above it"],
    ["s3://LAKE/raw", "no storage service has"],
    ["gs://lak/a", "no storage service has"],
    ["wasbs://other@acct/in", "no storage service has"],
    ["dbfs:/mnt/other", "no storage service has"],
    ["file:///tmp", "no storage service has"],
    ["hdfs://other:8020/in/x", "no storage service has"],
  ])("%s lies nowhere", async (uri, reason) => {
    expect(outcome(await resolver().dataset(uri))).toContain(reason);
  });

  test("only the given storage services count; the others are near", async () => {
    const found = await resolver({ storageServices: ["gcs"] }).dataset("s3://lake/raw/orders/x");
    expect(found).toMatchObject({ kind: "unresolved", nearest: ["s3.lake.raw.orders", "s3.lake.raw", "s3.lake"] });
    expect(outcome(found)).toContain("the storage service gcs does not have a container for s3://lake/raw/orders/x");
    expect(outcome(await resolver({ storageServices: ["s3"] }).dataset("s3://lake/raw"))).toBe("container s3.lake.raw");
  });

  test("two containers of one place are ambiguous", async () => {
    catalog.add("container", "s3b.lake.raw", { fullPath: "s3://lake/raw" });
    expect(await resolver().dataset("s3://lake/raw/x.csv")).toEqual({
      kind: "unresolved",
      reason: "ambiguous: 2 containers have s3://lake/raw",
      nearest: ["s3.lake.raw", "s3b.lake.raw"],
    });
  });

  test("near is what else lies in the bucket", async () => {
    catalog.add("container", "s3.deep", { fullPath: "s3://deep/a/b" });
    expect(await resolver().dataset("s3://deep/a/c")).toMatchObject({ kind: "unresolved", nearest: ["s3.deep"] });
  });

  test("files of one directory share its look-ups", async () => {
    const one = resolver();
    await one.dataset("s3://none/a/1");
    const before = catalog.calls.length;
    await one.dataset("s3://none/a/2");
    expect(catalog.calls.slice(before).filter((call) => !call.includes("/2"))).toEqual([]);
  });
});
