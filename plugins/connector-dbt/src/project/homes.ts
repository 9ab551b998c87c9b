import type { Marks } from "@omd/core";
import type { Mark } from "@omd/schema";
import { z } from "zod";
import type { OpenProject } from "./open-project.ts";

const prefix = "home/";
const stored = z.array(z.object({ name: z.string(), schemas: z.array(z.string()) }));
/** Of one project; of more, such as one for each branch, the oldest are forgotten. */
const mostHomes = 100;

/** Where one environment of a project has its tables. */
interface Home {
  readonly name: string;
  /** `database.schema`, lower case. */
  readonly schemas: readonly string[];
}

/**
 * Tells apart environments of one project, and projects that are called alike: by the schemas that their models, seeds and snapshots are in.
 * What one of them brought is not another's to take back.
 */
export class Homes {
  readonly #marks: Pick<Marks, "get">;
  readonly #homes = new Map<string, readonly Home[]>();

  constructor(marks: Pick<Marks, "get">) {
    this.#marks = marks;
  }

  /** Gives the project the home with which it shares most schemas, else a new one. Answers the marks to be stored with its first record. */
  settle(view: OpenProject): Mark[] {
    const key = prefix + view.name;
    const value = this.#marks.get(key);
    const homes = this.#homes.get(view.name) ?? parsed(value);
    const tables = tablesOf(view);
    const known = nearest(homes, tables);
    const name = known?.name ?? newName(view.name, mainOf(tables), homes);
    const home = { name, schemas: [...new Set([...(known?.schemas ?? []), ...tables.keys()])].toSorted() };
    const others = homes.filter((one) => one !== known);
    // One that grows keeps its place: the same projects, read again, change nothing.
    const all = known ? homes.map((one) => (one === known ? home : one)) : [...others.slice(1 - mostHomes), home];
    this.#homes.set(view.name, all);
    view.home = name;
    const now = JSON.stringify(all);
    return now === value ? [] : [{ key, value: now }];
  }
}

function parsed(value: string | undefined): readonly Home[] {
  try {
    return stored.safeParse(JSON.parse(value ?? "[]")).data ?? [];
  } catch {
    return [];
  }
}

/** How many tables of its own the project has in each schema. Sources do not count: all environments read the same. */
function tablesOf({ relations }: OpenProject): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { resourceType, isEphemeral, database = "", schema = "" } of relations.values()) {
    if (resourceType === "source" || isEphemeral) continue;
    const name = `${database}.${schema}`.toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** The home whose schemas hold most of the project's tables; of several the smallest, since environments may share a schema. */
function nearest(homes: readonly Home[], tables: ReadonlyMap<string, number>): Home | undefined {
  // A project without a table left is the one that there was, if there was one only.
  if (tables.size === 0) return homes.length === 1 ? homes[0] : undefined;
  const shared = ({ schemas }: Home): number => schemas.reduce((sum, schema) => sum + (tables.get(schema) ?? 0), 0);
  const [best] = homes.toSorted((one, two) => shared(two) - shared(one) || one.schemas.length - two.schemas.length);
  // One that had no table so far may have them anywhere.
  return best && shared(best) > 0 ? best : homes.find(({ schemas }) => schemas.length === 0);
}

/** The schema with most of the tables. */
function mainOf(tables: ReadonlyMap<string, number>): string {
  const [main] = [...tables].toSorted(([one, ones], [two, twos]) => twos - ones || (one < two ? -1 : 1));
  return main?.[0] ?? "";
}

/** The first is called as the project, others also after their main schema. */
function newName(project: string, main: string, homes: readonly Home[]): string {
  if (homes.length === 0) return project;
  const taken = new Set(homes.map(({ name }) => name));
  const schema = main.slice(main.indexOf(".") + 1);
  const names = [schema, main, `${main} ${String(homes.length)}`].map((text) => `${project} (${text})`);
  return names.find((name) => !taken.has(name)) ?? project;
}
