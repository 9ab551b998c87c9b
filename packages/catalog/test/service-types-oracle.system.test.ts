import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { openEmbeddedCatalog } from "../src/embedded/embedded-catalog.ts";

interface Schema {
  readonly $defs: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

/** The service types of every kind of service. */
function serviceTypes(directory: string): string[] {
  const services = join(directory, "entity/services");
  return readdirSync(services)
    .filter((file) => file.endsWith("Service.json"))
    .flatMap((file) => {
      const { $defs } = JSON.parse(readFileSync(join(services, file), "utf8")) as Schema;
      return Object.entries($defs).flatMap(([name, { enum: types }]) =>
        name.endsWith("ServiceType") ? (types ?? []) : [],
      );
    });
}

test.each(["OMD_OM_SCHEMAS", "OMD_OM_SCHEMAS_2"])(
  "every service type of %s has a test of its connection",
  async (name) => {
    const directory = process.env[name];
    if (directory === undefined)
      throw new Error(`${name} is not set: it names a directory of OpenMetadata's JSON Schemas`);
    const catalog = openEmbeddedCatalog({ file: ":memory:" });
    await catalog.seed();
    // Clients try no connection of a custom service.
    const types = serviceTypes(directory).filter((type) => !type.startsWith("Custom"));
    expect(types.length).toBeGreaterThan(100);
    const missing: string[] = [];
    for (const type of types)
      if (!(await catalog.get("testConnectionDefinition", fqnOf(type, "testConnectionDefinition")))) missing.push(type);
    expect(missing).toEqual([]);
    await catalog.close();
  },
);
