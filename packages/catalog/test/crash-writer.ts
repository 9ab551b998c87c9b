/** Run as a child process: writes pipelines until it is killed and prints the FQN of each that was acknowledged. */
import { writeSync } from "node:fs";
import { openEmbeddedCatalog } from "../src/embedded/embedded-catalog.ts";

const catalog = openEmbeddedCatalog({ file: process.argv[2] ?? "" });
await catalog.put("pipelineService", { name: "s", serviceType: "Airflow" });
for (let index = 0; ; index += 3) {
  const names = [index, index + 1, index + 2].map((number) => `p${number}`);
  const done = await Promise.all(names.map((name) => catalog.put("pipeline", { name, service: "s" })));
  for (const { entity } of done) writeSync(1, `${entity.fullyQualifiedName}\n`);
}
