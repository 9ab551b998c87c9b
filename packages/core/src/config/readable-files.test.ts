import { expect, test } from "@jest/globals";
import { parseConfig } from "./load-config.ts";
import { requireHttpFiles } from "./readable-files.ts";

const workflow = (http: string) =>
  parseConfig(`source:\n  type: airflow\n  serviceName: af\n  sourceConfig: {config: {}}\nomd:\n  http: ${http}\n`, {
    fileName: "a.yaml",
  });

test("a file of a certificate that cannot be read is told with its place", () => {
  expect(() => requireHttpFiles(workflow("{caFile: /nowhere/ca.pem}"))).toThrow(
    expect.objectContaining({
      code: "OMD_CONFIG",
      message: "a.yaml:6:10 omd.http.caFile: /nowhere/ca.pem cannot be read (ENOENT)",
    }),
  );
  expect(() => requireHttpFiles(workflow(`{caFile: ${import.meta.filename}}`))).not.toThrow();
  expect(() => requireHttpFiles(workflow("{}"))).not.toThrow();
});
