import { describe, expect, test } from "@jest/globals";
import type { Resolver } from "@omd/core";
import type { EntityReference } from "@omd/schema";
import type { Group } from "../artifacts/shapes.ts";
import { Owners, ownersIn, type OwnedThing } from "./owners.ts";

const group = (name: string | undefined, ...emails: string[]): Group =>
  ({ owner: { name, emails, raw: {} } }) as unknown as Group;
const thing = (more: Partial<OwnedThing>): OwnedThing => ({
  meta: {},
  group: undefined,
  inDatabase: undefined,
  ...more,
});

function catalog(...known: [string, "user" | "team"][]) {
  const asked: string[] = [];
  const warnings: string[] = [];
  const owner: Resolver["owner"] = (name, { exact = false } = {}): Promise<EntityReference | undefined> => {
    asked.push(exact ? `exactly ${name}` : name);
    const found = known.find(([other]) => other === name);
    return Promise.resolve(found && { id: `id of ${name}`, type: found[1] });
  };
  const resolver = { owner, dataset: () => Promise.reject(new Error("not asked for")) };
  const owners = new Owners({ resolver, warn: (name) => void warnings.push(name) });
  return { asked, warnings, of: async (one: OwnedThing) => (await owners.of(one)).map(({ id }) => id.slice(6)) };
}

describe("the first place that names an owner counts", () => {
  const all = {
    meta: { openmetadata: { owner: "first" }, owner: "second" },
    group: group("third"),
    inDatabase: "fourth",
  };
  test.each<[Partial<OwnedThing>, string]>([
    [all, "first"],
    [{ ...all, meta: { openmetadata: { owner: [] }, owner: ["second"] } }, "second"],
    [{ ...all, meta: { openmetadata: "odd", owner: " " } }, "third"],
    [{ ...all, meta: {}, group: undefined }, "fourth"],
  ])("%#", (given, name) => {
    expect(ownersIn(thing(given)).words).toEqual([{ name, emails: [] }]);
  });

  test("objects with name and e-mail are read too", () => {
    expect(ownersIn(thing({ meta: { owner: [{ name: "Ann", email: "ann@x.y" }, 3, { other: 1 }] } })).words).toEqual([
      { name: "Ann", emails: ["ann@x.y"] },
    ]);
  });
});

describe("owners of the catalog", () => {
  test("a group is looked for as a team of exactly its name, then by each e-mail", async () => {
    const { of, asked } = catalog(["a@x.y", "user"], ["b@x.y", "user"]);
    expect(await of(thing({ group: group("Finance", "a@x.y", "b@x.y") }))).toEqual(["a@x.y", "b@x.y"]);
    expect(asked).toEqual(["exactly Finance", "a@x.y", "b@x.y"]);
  });

  test("a team stands before e-mails, and these before a user of the name", async () => {
    const known = catalog(["Finance", "team"], ["Ann", "user"], ["a@x.y", "user"]);
    expect(await known.of(thing({ group: group("Finance", "a@x.y") }))).toEqual(["Finance"]);
    expect(await known.of(thing({ group: group("Ann", "a@x.y") }))).toEqual(["a@x.y"]);
    expect(await known.of(thing({ group: group("Ann", "b@x.y") }))).toEqual(["Ann"]);
  });

  test("each name is asked for once, and said once when nobody has it", async () => {
    const { of, asked, warnings } = catalog(["ann", "user"]);
    for (let count = 0; count < 3; count += 1)
      expect(await of(thing({ meta: { owner: ["ann", "nobody"] } }))).toEqual(["ann"]);
    expect(asked).toEqual(["ann", "nobody"]);
    expect(warnings).toEqual(["nobody"]);
  });

  test("a role of the database that nobody is called is no warning, and is not made", async () => {
    const { of, asked, warnings } = catalog();
    expect(await of(thing({ inDatabase: "SYSADMIN" }))).toEqual([]);
    expect(warnings).toEqual([]);
    // Looked up only: asked for otherwise, a user would be made.
    expect(asked).toEqual(["exactly SYSADMIN"]);
  });

  test("users stand without teams, and of teams one", async () => {
    const { of } = catalog(["ann", "user"], ["data", "team"], ["ops", "team"]);
    expect(await of(thing({ meta: { owner: ["data", "ann", "ops"] } }))).toEqual(["ann"]);
    expect(await of(thing({ meta: { owner: ["data", "ops"] } }))).toEqual(["data"]);
  });

  test("a look-up that failed is made again", async () => {
    let calls = 0;
    const owner = (): Promise<EntityReference> => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error("503")) : Promise.resolve({ id: "ann", type: "user" });
    };
    const owners = new Owners({ resolver: { owner } as never, warn: () => undefined });
    await expect(owners.of(thing({ inDatabase: "ann" }))).rejects.toThrow("503");
    expect(await owners.of(thing({ inDatabase: "ann" }))).toEqual([{ id: "ann", type: "user" }]);
  });
});
