import { expect, test } from "@jest/globals";
import { Homes } from "./homes.ts";
import type { OpenProject } from "./open-project.ts";
import type { Relation } from "./view.ts";

/** Remembers what is stored, as runs one after the other do. */
class Memory {
  readonly marks = new Map<string, string>();

  /** The home of each project of one run, and how many marks were stored. */
  run(...projects: readonly (readonly [name: string, ...schemas: string[]])[]): { homes: string[]; stored: number } {
    const homes = new Homes(this.marks);
    let stored = 0;
    const found = projects.map(([name, ...schemas]) => {
      const view = project(name, schemas);
      for (const { key, value } of homes.settle(view)) {
        stored += 1;
        this.marks.set(key, value);
      }
      return view.home;
    });
    return { homes: found, stored };
  }
}

/** With a model in each schema, and a source that all read. */
function project(name: string, schemas: readonly string[]): OpenProject {
  const relation = (resourceType: string, schema: string, at: number): [string, Partial<Relation>] => [
    `${resourceType}.${name}.${String(at)}`,
    { resourceType, database: "DB", schema, isEphemeral: false },
  ];
  const models = schemas.map((schema, at) => relation("model", schema, at));
  return { name, home: name, relations: new Map([...models, relation("source", "raw", 0)]) } as unknown as OpenProject;
}

test("the first is called as the project, another environment also after its main schema", () => {
  const memory = new Memory();
  expect(memory.run(["shop", "prod", "prod", "marts"]).homes).toEqual(["shop"]);
  expect(memory.run(["shop", "dev", "dev_marts", "dev"]).homes).toEqual(["shop (dev)"]);
  expect(memory.run(["shop", "marts", "prod"]).homes).toEqual(["shop"]);
  expect(memory.run(["other", "dev"]).homes).toEqual(["other"]);
});

test("two environments in one run are told apart from the first run on, and nothing changes with the next", () => {
  const memory = new Memory();
  const both = [
    ["shop", "prod"],
    ["shop", "dev"],
  ] as const;
  expect(memory.run(...both)).toEqual({ homes: ["shop", "shop (dev)"], stored: 2 });
  expect(memory.run(...both)).toEqual({ homes: ["shop", "shop (dev)"], stored: 0 });
});

test("a schema more, or in other case, is the same home; so is the last one that is given up", () => {
  const memory = new Memory();
  memory.run(["shop", "prod"]);
  expect(memory.run(["shop", "PROD", "marts"]).homes).toEqual(["shop"]);
  expect(memory.run(["shop", "marts"]).homes).toEqual(["shop"]);
  expect(memory.run(["shop"]).homes).toEqual(["shop"]);
});

test("a project that has its first models is the one that it was", () => {
  const memory = new Memory();
  expect(memory.run(["shop"]).homes).toEqual(["shop"]);
  expect(memory.run(["shop", "prod"]).homes).toEqual(["shop"]);
  expect(memory.run(["shop", "dev"]).homes).toEqual(["shop (dev)"]);
});

test("environments that share a schema are those that have most of their tables", () => {
  const memory = new Memory();
  memory.run(["shop", "prod", "prod_marts", "seeds"]);
  memory.run(["shop", "dev"]);
  expect(memory.run(["shop", "dev", "seeds"]).homes).toEqual(["shop (dev)"]);
  expect(memory.run(["shop", "prod", "prod", "seeds"]).homes).toEqual(["shop"]);
  expect(memory.run(["shop", "dev", "dev", "dev_marts", "seeds"]).homes).toEqual(["shop (dev)"]);
});

test("marks of another form count as none", () => {
  const memory = new Memory();
  memory.marks.set("home/shop", "no json");
  expect(memory.run(["shop", "prod"]).homes).toEqual(["shop"]);
});
