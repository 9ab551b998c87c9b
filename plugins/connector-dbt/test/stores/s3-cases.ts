import { expect, test } from "@jest/globals";
import nock from "nock";
import { failure } from "../bytes.ts";
import { FakePlaceContext, contents, listed, projectsOf } from "../place-context.ts";

/** Answers as Amazon's reference has them (docs.aws.amazon.com/AmazonS3/latest/API: ListObjectsV2, GetObject). */
const origin = "https://dbt-bucket.s3.eu-west-1.amazonaws.com";
const config = {
  dbtConfigType: "s3",
  dbtSecurityConfig: {
    awsAccessKeyId: "AKIA",
    awsSecretAccessKey: "hidden",
    awsSessionToken: "session",
    awsRegion: "eu-west-1",
  },
  dbtPrefixConfig: { dbtBucketName: "dbt-bucket", dbtObjectPrefix: "prod/" },
};

function listing(keys: [string, number][], next?: string): string {
  const objects = keys.map(
    ([key, size]) =>
      `<Contents><Key>${key}</Key><LastModified>2026-05-02T10:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>${size}</Size></Contents>`,
  );
  const more = next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>dbt-bucket</Name><IsTruncated>${next !== undefined}</IsTruncated>${more}${objects.join("")}</ListBucketResult>`;
}

const query = { "list-type": "2", "max-keys": "1000", prefix: "prod/" };

export function s3Cases(): void {
  test("lists below the prefix page by page, trying throttled calls again, and reads in parts", async () => {
    const amazon = nock(origin, {
      reqheaders: { "x-amz-security-token": "session", authorization: /Credential=AKIA\// },
    });
    amazon.get("/").query(query).reply(503, "<Error><Code>SlowDown</Code></Error>");
    amazon
      .get("/")
      .query(query)
      .reply(200, listing([["prod/shop/manifest.json", 9_000_000]], "t2"));
    amazon
      .get("/")
      .query({ ...query, "continuation-token": "t2" })
      .reply(200, listing([["prod/shop/catalog.json", 0]]));
    const context = new FakePlaceContext();
    const [project] = await projectsOf(config, context);
    expect(listed(project)).toEqual([
      "manifest s3://dbt-bucket/prod/shop/manifest.json",
      "catalog s3://dbt-bucket/prod/shop/catalog.json",
    ]);
    expect(context.secrets).toEqual(["hidden", "session"]);

    const large = Buffer.alloc(9_000_000, "a");
    for (const [from, to] of [
      [0, 8_388_607],
      [8_388_608, 16_777_215],
    ] as const)
      amazon
        .get("/prod/shop/manifest.json")
        .query({ "x-id": "GetObject" })
        .matchHeader("range", `bytes=${from}-${to}`)
        .reply(206, large.subarray(from, to + 1), {
          "content-range": `bytes ${from}-${Math.min(to, large.length - 1)}/${large.length}`,
          etag: '"e"',
        });
    const found = await contents(project);
    expect(found["s3://dbt-bucket/prod/shop/manifest.json"]?.length).toBe(large.length);
    expect(found["s3://dbt-bucket/prod/shop/catalog.json"]).toBe("");
  });

  test.each([
    [403, "AccessDenied", "s3:ListBucket"],
    [404, "NoSuchBucket", "dbtBucketName"],
    [403, "SignatureDoesNotMatch", "awsSecretAccessKey"],
  ])("%s %s is an error that says what to do", async (status, code, hint) => {
    nock(origin)
      .get("/")
      .query(query)
      .reply(status, `<Error><Code>${code}</Code><Message>no</Message></Error>`, { "content-type": "application/xml" });
    const error = await failure(projectsOf(config));
    expect(error.message).toContain(`s3://dbt-bucket/prod/: ${code}`);
    expect(error.hint).toContain(hint);
    expect(JSON.stringify(error)).not.toContain("hidden");
  });
}
