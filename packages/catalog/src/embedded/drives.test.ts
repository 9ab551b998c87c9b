import { describe, expect, test } from "@jest/globals";
import { fqnOf, type CreateRequest, type EntityType, type FQN } from "@omd/schema";
import { addAllTypes } from "../../test/all-types-fixture.ts";
import { ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

const all = { fields: ["*"] };
const team = fqnOf("all.svc", "team.a");

async function filled(): Promise<EmbeddedCatalog> {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  await addAllTypes(catalog);
  return catalog;
}

const need = async (catalog: EmbeddedCatalog, type: EntityType, fqn: string) => {
  const found = await catalog.get(type, fqn as FQN, all);
  if (!found) throw new Error(`${type} ${fqn} is missing`);
  return found;
};

describe("what lies in a drive", () => {
  test.each<[EntityType, string]>([
    ["driveService", '"all.svc"'],
    ["directory", '"all.svc"."team.a"'],
    ["directory", '"all.svc"."team.a".2026'],
    ["file", '"all.svc"."team.a".2026."data.csv"'],
    ["file", '"all.svc".readme'],
    ["spreadsheet", '"all.svc"."team.a".plan'],
    ["worksheet", '"all.svc"."team.a".plan.Q1'],
  ])("a %s is found as %s", async (type, fqn) => {
    expect((await need(await filled(), type, fqn)).fullyQualifiedName).toBe(fqn);
  });

  test("refers to its directory, spreadsheet and service", async () => {
    const catalog = await filled();
    const service = { type: "driveService", name: "all.svc" };
    const shared = { service, serviceType: "CustomDrive" };
    expect(await need(catalog, "directory", `${team}.2026`)).toMatchObject({
      ...shared,
      parent: { type: "directory", fullyQualifiedName: team },
      children: [{ type: "file", name: "data.csv" }],
    });
    const file = await need(catalog, "file", `${team}.2026."data.csv"`);
    expect(file).toMatchObject({
      ...shared,
      directory: { type: "directory", name: "2026" },
      columns: [{ fullyQualifiedName: `${team}.2026."data.csv".id`, dataTypeDisplay: "int" }, { name: "mail" }],
    });
    expect(file["parent"]).toBeUndefined();
    expect(await need(catalog, "spreadsheet", `${team}.plan`)).toMatchObject({
      ...shared,
      directory: { type: "directory", fullyQualifiedName: team },
      worksheets: [{ type: "worksheet", name: "Q1" }],
    });
    expect(await need(catalog, "worksheet", `${team}.plan.Q1`)).toMatchObject({
      ...shared,
      spreadsheet: { type: "spreadsheet", fullyQualifiedName: `${team}.plan` },
    });
    expect((await need(catalog, "directory", team))["children"]).toMatchObject([
      { type: "directory", name: "2026" },
      { type: "spreadsheet", name: "plan" },
    ]);
    expect((await need(catalog, "file", '"all.svc".readme'))["directory"]).toBeUndefined();
  });

  test("columns, children and counts are answered on demand", async () => {
    const catalog = await filled();
    const bare = async (type: EntityType, fqn: string) => Object.keys((await catalog.get(type, fqn as FQN)) ?? {});
    expect(await bare("file", `${team}.2026."data.csv"`)).toEqual(expect.not.arrayContaining(["columns"]));
    expect(await bare("worksheet", `${team}.plan.Q1`)).toEqual(expect.not.arrayContaining(["columns"]));
    expect(await bare("spreadsheet", `${team}.plan`)).toEqual(expect.not.arrayContaining(["worksheets"]));
    expect(await bare("directory", team)).toEqual(expect.not.arrayContaining(["children", "numberOfFiles"]));
    expect(await bare("directory", team)).toEqual(expect.arrayContaining(["totalSize", "path", "directoryType"]));
  });

  test("is listed by what it lies in", async () => {
    const catalog = await filled();
    const names = async (type: EntityType, filters: Record<string, string>): Promise<string[]> =>
      (await catalog.page(type, { filters })).data.map(({ name }) => name);
    expect(await names("file", { service: "all.svc" })).toEqual(["data.csv", "readme"]);
    expect(await names("file", { directory: team })).toEqual(["data.csv"]);
    expect(await names("file", { fileType: "CSV" })).toEqual(["data.csv"]);
    expect(await names("file", { fileType: "PDF" })).toEqual([]);
    expect(await names("file", { root: "true" })).toEqual(["readme"]);
    expect(await names("directory", { root: "true" })).toEqual(["team.a"]);
    expect(await names("directory", { parent: team })).toEqual(["2026"]);
    expect(await names("worksheet", { spreadsheet: `${team}.plan` })).toEqual(["Q1"]);
    expect(await names("worksheet", { spreadsheet: `${team}.other` })).toEqual([]);
  });

  test("goes with its directory and comes back with it", async () => {
    const catalog = await filled();
    const { id } = await need(catalog, "directory", team);
    const below: [EntityType, string][] = [
      ["directory", `${team}.2026`],
      ["file", `${team}.2026."data.csv"`],
      ["spreadsheet", `${team}.plan`],
      ["worksheet", `${team}.plan.Q1`],
    ];
    await expect(catalog.delete("directory", id, { recursive: false })).rejects.toMatchObject({ status: 400 });
    await catalog.delete("directory", id);
    for (const [type, fqn] of below) expect(await catalog.get(type, fqn as FQN)).toBeUndefined();
    expect(await catalog.get("file", fqnOf("all.svc", "readme"))).toBeDefined();
    await catalog.restore("directory", id);
    for (const [type, fqn] of below) expect(await catalog.get(type, fqn as FQN)).toBeDefined();
    await catalog.delete("directory", id, { hard: true });
    for (const [type, fqn] of below) expect(await catalog.get(type, fqn as FQN, { include: "all" })).toBeUndefined();
  });
});

describe("a patch", () => {
  test("leaves the place of a file and takes who changed it last", async () => {
    const catalog = await filled();
    const fqn = `${team}.2026."data.csv"`;
    const { id } = await need(catalog, "file", fqn);
    const { entity: user } = await catalog.put("user", { name: "dan", email: "dan@example.com" });
    const elsewhere = await need(catalog, "directory", team);
    await catalog.patch("file", id, [
      { op: "add", path: "/lastModifiedBy", value: ref("user", user) },
      { op: "add", path: "/directory", value: ref("directory", elsewhere) },
      { op: "add", path: "/columns/0/description", value: "key" },
    ]);
    expect(await need(catalog, "file", fqn)).toMatchObject({
      directory: { name: "2026" },
      lastModifiedBy: { type: "user", name: "dan" },
      columns: [{ name: "id", description: "key" }, { name: "mail" }],
    });
  });

  test("of a worksheet's spreadsheet or a field that files do not have", async () => {
    const catalog = await filled();
    const { id } = await need(catalog, "worksheet", `${team}.plan.Q1`);
    await catalog.patch("worksheet", id, [{ op: "remove", path: "/spreadsheet" }]);
    expect(await need(catalog, "worksheet", `${team}.plan.Q1`)).toMatchObject({ spreadsheet: { name: "plan" } });
    const odd = catalog.patch("worksheet", id, [{ op: "add", path: "/mimeType", value: "text/csv" }]);
    await expect(odd).rejects.toMatchObject({ status: 400 });
  });
});

describe("what is refused", () => {
  test.each<[EntityType, object, number, string]>([
    ["file", { name: "f", service: "none" }, 404, "driveService instance for none"],
    ["file", { name: "f", service: "all.svc", directory: '"all.svc".none' }, 404, "directory instance for"],
    ["file", { name: "f", service: "other", directory: team }, 400, "does not belong to the service other"],
    ["file", { name: "f", service: "all.svc", fileType: "Csv" }, 400, "fileType"],
    ["file", { name: "f", service: "all.svc", parent: team }, 400, "parent"],
    ["directory", { name: "d", service: "other", parent: team }, 400, "does not belong"],
    ["directory", { name: "d", service: "all.svc", numberOfFiles: 1.5 }, 400, "numberOfFiles"],
    ["spreadsheet", { name: "s", service: "all.svc", parent: { id: "x", type: "container" } }, 400, "container"],
    ["worksheet", { name: "w" }, 400, "spreadsheet"],
    ["worksheet", { name: "w", spreadsheet: team }, 404, "spreadsheet instance"],
    ["worksheet", { name: "w", spreadsheet: `${team}.plan`, service: "other" }, 400, "does not belong"],
    ["worksheet", { name: "w", spreadsheet: `${team}.plan`, columns: [{ name: "a", dataType: "X" }] }, 400, "dataType"],
  ])("%s %j", async (type, request, status, message) => {
    const catalog = await filled();
    await catalog.put("driveService", { name: "other", serviceType: "GoogleDrive" });
    const put = catalog.put(type, request as CreateRequest<typeof type>);
    await expect(put).rejects.toMatchObject({ status, message: expect.stringContaining(message) });
  });
});

describe("a container", () => {
  test("does not lie in one of another service", async () => {
    const catalog = openEmbeddedCatalog({ file: ":memory:" });
    for (const name of ["a", "b"]) await catalog.put("storageService", { name, serviceType: "S3" });
    const bucket = (await catalog.put("container", { name: "bucket", service: "a" })).entity;
    const put = catalog.put("container", { name: "in", service: "b", parent: ref("container", bucket) });
    await expect(put).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("a.bucket does not belong"),
    });
    expect((await catalog.page("container")).total).toBe(1);
  });
});
