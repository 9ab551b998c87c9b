import { expect, test } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import nock from "nock";
import { failure } from "../bytes.ts";
import { contents, FakePlaceContext, listed, projectsOf } from "../place-context.ts";

/** Answers as Google's reference has them (cloud.google.com/storage/docs/json_api/v1/objects: list, get). */
const store = "https://storage.googleapis.com";
const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const values = { privateKey: privateKey.replaceAll("\n", "\\n"), clientEmail: "omd@p.iam.example" };
const config = (gcpConfig: unknown, more: object = {}) => ({
  dbtConfigType: "gcs",
  dbtSecurityConfig: { gcpConfig, ...more },
  dbtPrefixConfig: { dbtBucketName: "dbt-bucket", dbtObjectPrefix: "prod/" },
});

function answerToken(token: string): void {
  nock("https://oauth2.googleapis.com")
    .post("/token")
    .reply(200, { access_token: token, expires_in: 3599, token_type: "Bearer" });
}

function item(name: string, size: number, more: object = {}) {
  return { name, size: String(size), updated: "2026-05-02T10:00:00.000Z", generation: "17", ...more };
}

export function gcsCases(): void {
  test("lists below the prefix page by page, and reads objects plain, packed and in parts", async () => {
    answerToken("ya29.token");
    const google = nock(store, { reqheaders: { authorization: "Bearer ya29.token" } });
    const fields = "items(name,size,updated,generation,contentEncoding),nextPageToken";
    const query = { prefix: "prod/", fields, maxResults: 1000 };
    google
      .get("/storage/v1/b/dbt-bucket/o")
      .query(query)
      .reply(200, {
        items: [item("prod/shop/manifest.json", 12_000_000), item("prod/readme.md", 1)],
        nextPageToken: "p2",
      });
    google
      .get("/storage/v1/b/dbt-bucket/o")
      .query({ ...query, pageToken: "p2" })
      .reply(200, { items: [item("prod/shop/run_results.json", 30, { contentEncoding: "gzip" })] });
    const context = new FakePlaceContext();
    const [project] = await projectsOf(config(values), context);
    expect(listed(project)).toEqual([
      "manifest gs://dbt-bucket/prod/shop/manifest.json",
      "runResults gs://dbt-bucket/prod/shop/run_results.json",
    ]);
    expect(context.secrets).toContain("ya29.token");

    const large = Buffer.alloc(12_000_000, "a");
    for (const [from, to] of [
      [0, 8_388_607],
      [8_388_608, 16_777_215],
    ] as const)
      google
        .get("/storage/v1/b/dbt-bucket/o/prod%2Fshop%2Fmanifest.json")
        .query({ alt: "media", generation: "17" })
        .matchHeader("range", `bytes=${from}-${to}`)
        .reply(206, large.subarray(from, to + 1), {
          "content-range": `bytes ${from}-${Math.min(to, large.length - 1)}/${large.length}`,
          etag: "x",
        });
    nock(store, { badheaders: ["range"] })
      .get("/storage/v1/b/dbt-bucket/o/prod%2Fshop%2Frun_results.json")
      .query({ alt: "media", generation: "17" })
      .reply(200, gzipSync("{}"), { "content-encoding": "gzip" });
    const found = await contents(project);
    expect(found["gs://dbt-bucket/prod/shop/manifest.json"]?.length).toBe(large.length);
    expect(found["gs://dbt-bucket/prod/shop/run_results.json"]).toBe("{}");
  });

  test("acts as another account where that is asked for", async () => {
    answerToken("own");
    nock("https://iamcredentials.googleapis.com", { reqheaders: { authorization: "Bearer own" } })
      .post("/v1/projects/-/serviceAccounts/other%40p.iam.example:generateAccessToken", {
        delegates: [],
        scope: ["https://www.googleapis.com/auth/devstorage.read_only"],
        lifetime: "600s",
      })
      .reply(200, { accessToken: "of the other", expireTime: "2030-01-01T00:00:00Z" });
    nock(store, { reqheaders: { authorization: "Bearer of the other" } })
      .get("/storage/v1/b/dbt-bucket/o")
      .query(true)
      .reply(200, { items: [item("prod/manifest.json", 2)] });
    const more = { gcpImpersonateServiceAccount: { impersonateServiceAccount: "other@p.iam.example", lifetime: 600 } };
    expect(await projectsOf(config(values, more))).toHaveLength(1);
  });

  test("a refused key, no right, no such bucket and an empty bucket are errors", async () => {
    nock("https://oauth2.googleapis.com")
      .post("/token")
      .reply(400, { error: "invalid_grant", error_description: "Invalid JWT" });
    const refused = await failure(projectsOf(config(values)));
    expect(`${refused.message} ${String(refused.cause)}`).toContain("no access token");
    expect(refused.message).not.toContain("PRIVATE KEY");
    for (const [status, code] of [
      [403, "ERR_FORBIDDEN"],
      [404, "ERR_NOT_FOUND"],
    ] as const) {
      answerToken("t");
      nock(store)
        .get("/storage/v1/b/dbt-bucket/o")
        .query(true)
        .reply(status, { error: { code: status } });
      expect(await failure(projectsOf(config(values)))).toMatchObject({ code });
    }
    answerToken("t");
    nock(store).get("/storage/v1/b/dbt-bucket/o").query(true).reply(200, { kind: "storage#objects" });
    expect((await failure(projectsOf(config(values)))).message).toBe("no manifest.json in gs://dbt-bucket below prod/");
  });

  test("a credentials file that is not there", async () => {
    const error = await failure(projectsOf(config({ path: "/nowhere/key.json" })));
    expect(`${error.message} ${String(error.cause)}`).toContain("/nowhere/key.json");
  });
}
