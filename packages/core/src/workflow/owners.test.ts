import { expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { MemoryCatalog } from "../../test/memory-catalog.ts";
import { ownerCreator } from "./owners.ts";

const emailOf = async (memory: MemoryCatalog, name: string): Promise<unknown> =>
  (await memory.port().get("user", fqnOf(name)))?.["email"];

test("an e-mail is the user's own, a name gets one at a host that nobody has", async () => {
  const memory = new MemoryCatalog();
  const create = ownerCreator(memory.port());
  expect(await create("Ann@X.org")).toMatchObject({ type: "user", name: "ann" });
  expect(await create("Data Team")).toMatchObject({ type: "user", name: "data team" });
  expect(await emailOf(memory, "ann")).toBe("ann@x.org");
  expect(await emailOf(memory, "data team")).toMatch(/@owner\.invalid$/u);
});

test("an address that is shorter than OpenMetadata takes is a name", async () => {
  const memory = new MemoryCatalog();
  expect(await ownerCreator(memory.port())("x@y.z")).toMatchObject({ type: "user", name: "x@y.z" });
  expect(await emailOf(memory, "x@y.z")).toMatch(/@owner\.invalid$/u);
});

test("two people with one name at two hosts are two users", async () => {
  const memory = new MemoryCatalog();
  const create = ownerCreator(memory.port());
  const first = await create("ann@x.org");
  const second = await create("ann@y.org");
  expect(second?.id).not.toBe(first?.id);
  expect([await emailOf(memory, "ann"), await emailOf(memory, "ann@y.org")]).toEqual(["ann@x.org", "ann@y.org"]);
});

test("who was known by name only gets the e-mail once it is told", async () => {
  const memory = new MemoryCatalog();
  const create = ownerCreator(memory.port());
  const named = await create("bakers");
  const told = await create("bakers@bakery.example");
  expect(told).toEqual(named);
  expect(await emailOf(memory, "bakers")).toBe("bakers@bakery.example");
});
