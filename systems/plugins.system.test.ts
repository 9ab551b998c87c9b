import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Workplace } from "./omd.ts";

/** A connector of a stranger, from its packed package through `omd plugins install` to a run. */
test("a connector that was installed as a plugin is found by its manifest and runs", async () => {
  const place = new Workplace();
  const manifest = {
    name: "@stranger/connector-toy",
    version: "1.0.0",
    type: "module",
    exports: { ".": "./index.js", "./package.json": "./package.json" },
    files: ["index.js"],
    oclif: {},
    omd: {
      contract: 1,
      sources: [
        {
          type: "toy",
          serviceKind: "pipelineService",
          serviceType: "CustomPipeline",
          module: "./index.js",
          export: "Toy",
        },
      ],
    },
  };
  mkdirSync(join(place.dir, "package"));
  place.file("package/package.json", manifest);
  place.file(
    "package/index.js",
    `export class Toy {
      static create(config, { serviceName: service }) {
        return {
          async *iter() {
            yield { right: { kind: "entity", entityType: "pipelineService", request: { name: service, serviceType: "CustomPipeline" } } };
            yield { right: { kind: "entity", entityType: "pipeline", request: { name: "job", service } } };
          },
        };
      }
    }`,
  );
  execFileSync("npm", ["pack", "./package", "--silent"], { cwd: place.dir });
  place.file("toy.yaml", {
    source: {
      type: "toy",
      serviceName: "toys",
      serviceConnection: { config: { type: "Toy" } },
      sourceConfig: { config: {} },
    },
  });
  // Plugins are kept below the user's home: this one is not the tester's.
  const env = { XDG_DATA_HOME: join(place.dir, "data"), XDG_CONFIG_HOME: join(place.dir, "config") };

  const before = await place.omd(["ingest", "-c", "toy.yaml"], { env });
  expect(before.code).toBe(2);
  expect(before.stderr).toContain("omd plugins install");

  const archive = join(place.dir, "stranger-connector-toy-1.0.0.tgz");
  expect((await place.omd(["plugins", "install", `file:${archive}`], { env })).code).toBe(0);
  const listed = await place.omd(["connectors", "--json"], { env });
  expect(listed.stdout).toContain("@stranger/connector-toy");

  const after = await place.omd(["ingest", "-c", "toy.yaml"], { env });
  expect(after.code).toBe(0);
  expect((await place.entity("pipeline", "toys.job"))["name"]).toBe("job");
});
