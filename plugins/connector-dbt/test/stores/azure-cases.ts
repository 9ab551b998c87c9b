import { expect, test } from "@jest/globals";
import nock from "nock";
import { sharedKey } from "../../src/places/azure-auth.ts";
import { failure } from "../bytes.ts";
import { azureIdentityCases } from "./azure-identity-cases.ts";
import { contents, FakePlaceContext, listed, projectsOf } from "../place-context.ts";

/** Answers as Microsoft's reference has them (learn.microsoft.com/rest/api/storageservices: List Blobs, Get Blob). */
const origin = "https://shopstore.blob.core.windows.net";
const config = (credentials: object, prefix = "prod/") => ({
  dbtConfigType: "azure",
  dbtSecurityConfig: { accountName: "shopstore", ...credentials },
  dbtPrefixConfig: { dbtBucketName: "artifacts", dbtObjectPrefix: prefix },
});
const key = Buffer.from("a key of the account").toString("base64");

function blob(name: string, size: number, more = ""): string {
  return `<Blob><Name>${name}</Name><Properties><Last-Modified>Wed, 09 Sep 2026 09:20:02 GMT</Last-Modified><Etag>0x8CBFF45D8A29A19</Etag><Content-Length>${size}</Content-Length><Content-Type>application/json</Content-Type>${more}<BlobType>BlockBlob</BlobType></Properties></Blob>`;
}

function listing(blobs: string[], next = ""): string {
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="${origin}/" ContainerName="artifacts"><Prefix>prod/</Prefix><MaxResults>5000</MaxResults><Blobs>${blobs.join("")}</Blobs>${next === "" ? "<NextMarker />" : `<NextMarker>${next}</NextMarker>`}</EnumerationResults>`;
}

const query = { restype: "container", comp: "list", maxresults: "5000", prefix: "prod/" };

export function azureCases(): void {
  test("lists below the prefix page by page as a service principal, and reads blobs in parts", async () => {
    nock("https://login.microsoftonline.com")
      .post(
        "/tenant-1/oauth2/v2.0/token",
        "grant_type=client_credentials&client_id=app&client_secret=hidden&scope=https%3A%2F%2Fstorage.azure.com%2F.default",
      )
      .reply(200, { token_type: "Bearer", expires_in: 3599, access_token: "eyJ" });
    const azure = nock(origin, { reqheaders: { authorization: "Bearer eyJ", "x-ms-version": "2021-12-02" } });
    azure
      .get("/artifacts")
      .query(query)
      .reply(200, listing([blob("prod/12/manifest.json", 9_000_000), blob("prod/a.txt", 1)], "2!88!x"));
    azure
      .get("/artifacts")
      .query({ ...query, marker: "2!88!x" })
      .reply(
        200,
        listing([blob("prod/12/run_results &amp; more.json", 2), blob("prod/12/run_results_a &amp; b.json", 2)]),
      );
    const context = new FakePlaceContext();
    const credentials = { clientId: "app", clientSecret: "hidden", tenantId: "tenant-1" };
    const [project] = await projectsOf(config(credentials), context);
    expect(listed(project)).toEqual([
      "manifest azure://shopstore/artifacts/prod/12/manifest.json",
      "runResults azure://shopstore/artifacts/prod/12/run_results & more.json",
      "runResults azure://shopstore/artifacts/prod/12/run_results_a & b.json",
    ]);
    expect(context.secrets).toEqual(["hidden", "eyJ"]);
    expect(project?.artifacts()[0]).toMatchObject({ bytes: 9_000_000, modifiedAtMs: Date.UTC(2026, 8, 9, 9, 20, 2) });

    const large = Buffer.alloc(9_000_000, "a");
    for (const [from, to] of [
      [0, 8_388_607],
      [8_388_608, 16_777_215],
    ] as const)
      azure
        .get("/artifacts/prod/12/manifest.json")
        .matchHeader("x-ms-range", `bytes=${from}-${to}`)
        .reply(206, large.subarray(from, to + 1), {
          "content-range": `bytes ${from}-${Math.min(to, large.length - 1)}/${large.length}`,
          etag: '"0x8"',
        });
    for (const name of ["run_results%20%26%20more.json", "run_results_a%20%26%20b.json"])
      azure.get(`/artifacts/prod/12/${name}`).reply(206, "{}", { "content-range": "bytes 0-1/2" });
    const found = await contents(project);
    expect(found["azure://shopstore/artifacts/prod/12/manifest.json"]?.length).toBe(large.length);
    expect(found["azure://shopstore/artifacts/prod/12/run_results_a & b.json"]).toBe("{}");
  });

  azureIdentityCases();

  test("signs with the account's key", async () => {
    let date = "";
    nock(origin)
      .get("/artifacts")
      .query(query)
      .matchHeader("x-ms-date", (value) => {
        date = String(value);
        return Math.abs(Date.parse(date) - Date.now()) < 60_000;
      })
      .matchHeader("authorization", (value) => {
        const headers = { "x-ms-date": date, "x-ms-version": "2021-12-02" };
        return String(value) === `SharedKey shopstore:${sharedKey("shopstore", key, "/artifacts", query, headers)}`;
      })
      .reply(200, listing([blob("prod/manifest.json", 0)]));
    const [project] = await projectsOf(config({ accountKey: key }));
    expect(listed(project)).toEqual(["manifest azure://shopstore/artifacts/prod/manifest.json"]);
  });

  test("a signature is made over what Microsoft's page on Shared Key says", () => {
    // Reckoned by Python's hmac over the text below.
    const headers = { accept: "*/*", "x-ms-version": "2021-12-02", "x-ms-date": "Fri, 26 Jun 2026 23:39:12 GMT" };
    const text =
      "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2026 23:39:12 GMT\nx-ms-version:2021-12-02\n/acc/box\ncomp:list\nrestype:container";
    expect(text.split("\n").slice(0, 12)).toEqual(["GET", ...Array.from({ length: 11 }, () => "")]);
    expect(sharedKey("acc", "c2VjcmV0", "/box", { restype: "container", comp: "list" }, headers)).toBe(
      "OTCfCdZ6LUmtdKYehvh5/S11vtatR1n95qogZc2K4aA=",
    );
  });

  test("a shared access signature goes with each call and stays secret", async () => {
    const sas = "?sv=2022-11-02&sr=c&sp=rl&sig=abc%2Bdef%3D";
    nock(origin)
      .get("/artifacts")
      .query({ ...query, sv: "2022-11-02", sr: "c", sp: "rl", sig: "abc+def=" })
      .reply(200, listing([blob("prod/manifest.json", 2)]));
    const context = new FakePlaceContext();
    await projectsOf(config({ sasToken: sas }), context);
    expect(context.secrets).toEqual([sas, "abc+def="]);
  });

  test("an empty container, a listing that goes round, another answer and a refusal are errors", async () => {
    const access = { accountKey: key };
    nock(origin).get("/artifacts").query(true).reply(200, listing([]));
    expect((await failure(projectsOf(config(access)))).message).toContain(
      "no manifest.json in azure://shopstore/artifacts",
    );
    nock(origin).get("/artifacts").query(true).times(2).reply(200, listing([], "m"));
    expect((await failure(projectsOf(config(access)))).message).toContain("goes round");
    nock(origin).get("/artifacts").query(true).reply(200, "<html><body>login</body></html>");
    expect((await failure(projectsOf(config(access)))).message).toContain("is not as Azure's API says");
    nock(origin).get("/artifacts").query(true).reply(403, "<Error><Code>AuthorizationFailure</Code></Error>");
    expect(await failure(projectsOf(config(access)))).toMatchObject({ code: "ERR_FORBIDDEN" });
  });
}
