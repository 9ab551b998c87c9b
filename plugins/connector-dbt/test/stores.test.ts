import { afterAll, afterEach, beforeEach, describe } from "@jest/globals";
import nock from "nock";
import { azureCases } from "./stores/azure-cases.ts";
import { cloudCases } from "./stores/cloud-cases.ts";
import { gcsCases } from "./stores/gcs-cases.ts";
import { s3Cases } from "./stores/s3-cases.ts";

// One file, since two copies of nock in one process answer the same call twice.
beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  if (pending.length > 0) throw new Error(`never asked for: ${pending.join(", ")}`);
});
afterAll(() => nock.restore());

describe("dbt Cloud", () => {
  cloudCases();
});
describe("Google Cloud Storage", () => {
  gcsCases();
});
describe("Azure Storage", () => {
  azureCases();
});
describe("Amazon S3", () => {
  s3Cases();
});
