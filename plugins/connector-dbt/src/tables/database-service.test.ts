import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { fqnOf } from "@omd/schema";
import { findService } from "./database-service.ts";

type Options = Parameters<typeof findService>[1];

function found(names: readonly string[], target: "embedded" | "rest" | "file", options: Partial<Options> = {}) {
  const context = {
    target,
    service: fqnOf("whh"),
    serviceName: "whh",
    known: (_type: string, fqn: string) => Promise.resolve(names.includes(fqn)),
    async *entities() {
      for (const name of names)
        yield { id: name, name, fullyQualifiedName: fqnOf(name) } satisfies CatalogEntity as CatalogEntity;
    },
  };
  return findService(context, { createMissingTables: undefined, searchAcrossDatabases: false, ...options });
}

describe("the database service", () => {
  test("that is there is enough", async () => {
    expect(await found(["whh"], "rest")).toBe("whh");
  });

  test("need not be there where tables are made", async () => {
    for (const target of ["embedded", "file"] as const) expect(await found([], target)).toBe("whh will be made");
    expect(await found([], "rest", { createMissingTables: true })).toBe("whh will be made");
  });

  test("that a server lacks is an error that names the nearest", async () => {
    await expect(found(["lake", "wh"], "rest")).rejects.toMatchObject({
      code: "OMD_CONNECTION",
      message: "the catalog has no database service whh",
      hint: expect.stringMatching(/^Did you mean wh\? .*: lake, wh\. .*createMissingTables/u),
    });
    await expect(found([], "embedded", { createMissingTables: false })).rejects.toMatchObject({
      hint: expect.stringContaining("the catalog has none"),
    });
  });

  test("need not be there where all services are searched, if there is any", async () => {
    expect(await found(["lake"], "rest", { searchAcrossDatabases: true })).toContain("all others are searched");
    await expect(found([], "rest", { searchAcrossDatabases: true })).rejects.toThrow("no database service");
  });
});
