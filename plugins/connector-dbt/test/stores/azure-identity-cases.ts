import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import nock from "nock";
import { failure } from "../bytes.ts";
import { FakePlaceContext, projectsOf } from "../place-context.ts";

const origin = "https://shopstore.blob.core.windows.net";
/** Only the account's name: what else is needed Azure itself gives. */
const config = {
  dbtConfigType: "azure",
  dbtSecurityConfig: { accountName: "shopstore" },
  dbtPrefixConfig: { dbtBucketName: "artifacts" },
};
const listing = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs><Blob><Name>manifest.json</Name><Properties><Content-Length>2</Content-Length></Properties></Blob></Blobs><NextMarker /></EnumerationResults>`;

/** The container, for who has this token. */
function container(token: string): void {
  nock(origin, { reqheaders: { authorization: `Bearer ${token}` } })
    .get("/artifacts")
    .query(true)
    .reply(200, listing);
}

/** Calls and answers as Microsoft's pages have them: OAuth 2.0 client credentials, workload identity, "How to use managed identities". */
export function azureIdentityCases(): void {
  describe("with the account's name alone", () => {
    const given: Record<string, string | undefined> = {};
    const set = (values: Readonly<Record<string, string>>): void => void Object.assign(process.env, values);

    beforeEach(() => {
      for (const key of Object.keys(process.env).filter((name) => /^(?:AZURE_|IDENTITY_)/u.test(name))) {
        given[key] = process.env[key];
        delete process.env[key];
      }
    });
    afterEach(() => {
      for (const key of Object.keys(process.env)) if (/^(?:AZURE_|IDENTITY_)/u.test(key)) delete process.env[key];
      Object.assign(process.env, given);
    });

    test("a service principal of the environment logs in, at the authority that it names", async () => {
      set({
        AZURE_TENANT_ID: "tenant-1",
        AZURE_CLIENT_ID: "app",
        AZURE_CLIENT_SECRET: "hidden",
        AZURE_AUTHORITY_HOST: "https://login.microsoftonline.us/",
        // Comes after in Azure's chain.
        AZURE_FEDERATED_TOKEN_FILE: "/nowhere",
        IDENTITY_ENDPOINT: "http://127.0.0.1:41741/msi/token",
        IDENTITY_HEADER: "h",
      });
      nock("https://login.microsoftonline.us")
        .post("/tenant-1/oauth2/v2.0/token", {
          grant_type: "client_credentials",
          client_id: "app",
          client_secret: "hidden",
          scope: "https://storage.azure.com/.default",
        })
        .reply(200, { token_type: "Bearer", expires_in: 3599, access_token: "eyJ1" });
      container("eyJ1");
      const context = new FakePlaceContext();
      expect(await projectsOf(config, context)).toHaveLength(1);
      expect(context.secrets).toEqual(["hidden", "eyJ1"]);
    });

    test("a workload shows its federated token", async () => {
      const directory = mkdtempSync(join(tmpdir(), "omd-azure-"));
      const file = join(directory, "token");
      writeFileSync(file, "federated.jwt\n");
      set({ AZURE_TENANT_ID: "tenant-1", AZURE_CLIENT_ID: "app", AZURE_FEDERATED_TOKEN_FILE: file });
      nock("https://login.microsoftonline.com")
        .post("/tenant-1/oauth2/v2.0/token", {
          grant_type: "client_credentials",
          client_id: "app",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: "federated.jwt",
          scope: "https://storage.azure.com/.default",
        })
        .reply(200, { token_type: "Bearer", expires_in: 86_399, access_token: "eyJ2" });
      container("eyJ2");
      const context = new FakePlaceContext();
      expect(await projectsOf(config, context)).toHaveLength(1);
      expect(context.secrets).toEqual(["federated.jwt", "eyJ2"]);
      rmSync(directory, { recursive: true });
      expect((await failure(projectsOf(config))).message).toContain(
        `AZURE_FEDERATED_TOKEN_FILE: ${file} cannot be read`,
      );
    });

    test("the managed identity of an App Service is asked with its header", async () => {
      set({
        AZURE_CLIENT_ID: "user-assigned",
        IDENTITY_ENDPOINT: "http://127.0.0.1:41741/msi/token/",
        IDENTITY_HEADER: "853b9a84",
      });
      nock("http://127.0.0.1:41741", { reqheaders: { "x-identity-header": "853b9a84" } })
        .get("/msi/token/")
        .query({ "api-version": "2019-08-01", resource: "https://storage.azure.com", client_id: "user-assigned" })
        .reply(200, { access_token: "eyJ3", expires_on: "4102444800", token_type: "Bearer" });
      container("eyJ3");
      const context = new FakePlaceContext();
      expect(await projectsOf(config, context)).toHaveLength(1);
      expect(context.secrets).toEqual(["853b9a84", "eyJ3"]);
    });

    test("the managed identity of a machine is asked at its metadata service", async () => {
      nock("http://169.254.169.254", { reqheaders: { metadata: "true" } })
        .get("/metadata/identity/oauth2/token")
        .query({ "api-version": "2018-02-01", resource: "https://storage.azure.com" })
        .reply(200, { access_token: "eyJ4", expires_in: "3599", expires_on: "4102444800", token_type: "Bearer" });
      container("eyJ4");
      expect(await projectsOf(config)).toHaveLength(1);
    });

    test("a machine without identity is an error that says what to give", async () => {
      nock("http://169.254.169.254")
        .get("/metadata/identity/oauth2/token")
        .query(true)
        .reply(400, { error: "invalid_request", error_description: "Identity not found" });
      expect((await failure(projectsOf(config))).message).toMatch(
        /no credentials of Azure: .*AZURE_FEDERATED_TOKEN_FILE are not set, .* at http:\/\/169\.254\.169\.254 gave no token: .*400/u,
      );
    });
  });
}
