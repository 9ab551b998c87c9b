import { expect, test } from "@jest/globals";
import { issueLine } from "./config-error.ts";
import { parseConfig } from "./load-config.ts";
import { unreadableHttpFiles } from "./readable-files.ts";

const unreadable = (http: string) => {
  const config = parseConfig(
    `source:\n  type: airflow\n  serviceName: af\n  sourceConfig: {config: {}}\nomd:\n  http: ${http}\n`,
    {
      fileName: "a.yaml",
    },
  );
  return unreadableHttpFiles(config, config.origin).map(issueLine);
};

test("a file of a certificate that cannot be read is told with its place", () => {
  expect(unreadable("{caFile: /nowhere/ca.pem, certFile: /nowhere/c.pem, keyFile: /nowhere/k.pem}")).toEqual([
    "a.yaml:6:18 omd.http.caFile: /nowhere/ca.pem cannot be read (ENOENT)",
    "a.yaml:6:45 omd.http.certFile: /nowhere/c.pem cannot be read (ENOENT)",
    "a.yaml:6:70 omd.http.keyFile: /nowhere/k.pem cannot be read (ENOENT)",
  ]);
  expect(unreadable(`{caFile: ${import.meta.filename}}`)).toEqual([]);
  expect(unreadable("{}")).toEqual([]);
});
