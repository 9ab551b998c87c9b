import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { omd, temporaryDirectory } from "./run-omd.ts";

describe("secrets", () => {
  test("of the file appear in no output, whoever prints them", async () => {
    const home = temporaryDirectory();
    writeFileSync(
      join(home.path, "source.mjs"),
      `export class Chatty {
         constructor(config) { this.password = config.connection.connectionOptions.password; }
         static create(config) { return new Chatty(config); }
         *iter() {
           console.log("password is " + this.password);
           process.stdout.write(Buffer.from("as bytes: " + this.password + "\\n"));
           console.error(Buffer.from("x:" + this.password).toString("base64"));
           yield { left: { name: "login", error: "wrong password " + this.password, stackTrace: "at login(" + this.password + ")" } };
           throw new Error("cannot log in with " + encodeURIComponent(this.password));
         }
       }`,
    );
    writeFileSync(
      join(home.path, "chatty.yaml"),
      "source:\n  type: customPipeline\n  serviceName: chatty\n  serviceConnection:\n    config:\n      type: CustomPipeline\n      sourcePythonClass: source.Chatty\n      connectionOptions:\n        password: ${CHATTY}\n  sourceConfig: { config: {} }\n",
    );
    const secret = "canary/4f2b+pw=";
    const report = join(home.path, "report.json");
    const { code, stdout, stderr } = await omd(
      ["ingest", "-c", "chatty.yaml", "--debug", "--json", "--report", report],
      { cwd: home.path, env: { CHATTY: secret } },
    );
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("*********");
    for (const text of [
      stdout,
      stderr,
      readFileSync(report, "utf8"),
      readFileSync(join(home.path, ".omd/last-report.json"), "utf8"),
    ]) {
      expect(text).not.toContain("canary");
      expect(text).not.toContain(encodeURIComponent(secret));
      expect(text).not.toContain(Buffer.from(`x:${secret}`).toString("base64"));
    }
  });
});
