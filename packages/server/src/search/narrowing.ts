import { viewTypes, type ScanOptions } from "@omd/catalog";
import { fqnOf, InvalidNameError } from "@omd/schema";

/** A condition that every hit fulfils: one of these values in this field. */
interface Needed {
  readonly field: string;
  readonly values: readonly string[];
}

/** What a query needs of all its hits, as far as the catalog can select by it; the query itself still decides. */
export function narrowing(query: unknown): Pick<ScanOptions, "below" | "views"> {
  const needed = neededBy(query);
  const services = needed.find(({ field }) => field === "service.name")?.values;
  const types = needed.find(({ field }) => field === "tableType")?.values;
  return {
    ...(services?.length === 1 ? below(services[0] ?? "") : {}),
    ...(types?.every((type) => (viewTypes as readonly string[]).includes(type)) ? { views: true } : {}),
  };
}

function below(service: string): Pick<ScanOptions, "below"> {
  try {
    return { below: fqnOf(service) };
  } catch (error) {
    if (error instanceof InvalidNameError) return {};
    throw error;
  }
}

function neededBy(query: unknown): readonly Needed[] {
  if (typeof query !== "object" || query === null) return [];
  const { term, terms, bool } = query as { term?: unknown; terms?: unknown; bool?: Readonly<Record<string, unknown>> };
  if (term !== undefined || terms !== undefined) return oneOf(term ?? terms);
  if (!bool) return [];
  const always = ["must", "filter"].flatMap((name) => clauses(bool[name])).flatMap(neededBy);
  const should = clauses(bool["should"]);
  const optional = bool["must"] !== undefined || bool["filter"] !== undefined;
  return optional || should.length === 0 ? always : [...always, ...alternatives(should)];
}

function clauses(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
}

function oneOf(term: unknown): readonly Needed[] {
  if (typeof term !== "object" || term === null) return [];
  return Object.entries(term).flatMap(([name, given]) => {
    const value: unknown = (given as { value?: unknown } | null)?.value ?? given;
    const values = clauses(value).filter((one) => typeof one === "string");
    return values.length === 0 ? [] : [{ field: name.replace(/\.keyword$/, ""), values }];
  });
}

/** Alternatives that all ask for the same field need one of all their values. */
function alternatives(should: readonly unknown[]): readonly Needed[] {
  const each = should.map(neededBy);
  const [first] = each[0] ?? [];
  if (!first || each.some((found) => found.length !== 1 || found[0]?.field !== first.field)) return [];
  return [{ field: first.field, values: each.flatMap((found) => found[0]?.values ?? []) }];
}
