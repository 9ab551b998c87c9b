import { expect, test } from "@jest/globals";
import { configFromObject } from "../config/index.ts";
import { runFingerprint } from "./run-fingerprint.ts";

function fingerprint(given: { omd?: object; options?: object; version?: string; server?: string } = {}): string {
  const sourceConfig = { config: { type: "PipelineMetadata", ...given.options } };
  const source = { type: "x", serviceName: "s", sourceConfig };
  const server = given.server === undefined ? {} : { openMetadataServerConfig: { hostPort: given.server } };
  const config = configFromObject({
    source,
    omd: { ...given.omd },
    workflowConfig: { loggerLevel: "ERROR", ...server },
  });
  return runFingerprint(config, given.version ?? "1.0.0");
}

const tags = { type: "add-tags", tags: ["PII.None"] };
const redact = { type: "redact", patterns: ["[0-9]{16}"] };

test("is another when something else would be written", () => {
  const all = [
    fingerprint(),
    fingerprint({ omd: { processors: [tags] } }),
    fingerprint({ omd: { processors: [{ ...tags, tags: ["PII.Sensitive"] }] } }),
    fingerprint({ omd: { processors: [tags, redact] } }),
    fingerprint({ omd: { processors: [redact, tags] } }),
    fingerprint({ omd: { createMissingOwners: false } }),
    fingerprint({ options: { overrideMetadata: true } }),
    fingerprint({ version: "1.0.1" }),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test("is the same when only the run is another", () => {
  const omd = { deletes: { maxCount: 1 }, http: { retries: 1 }, allowPartial: true, processors: [] };
  expect(fingerprint({ omd })).toBe(fingerprint());
  expect(fingerprint({ options: { overrideMetadata: false } })).toBe(fingerprint());
  const [one, other] = ["http://a/api", "http://b/api"].map((server) => fingerprint({ server }));
  expect(one).toBe(other);
});
