import { splitFqn, unquoteName, type ColumnProfile, type TableData } from "@omd/schema";
import { isSecretKey, masked } from "../mask.ts";

/** Rows without passwords in URLs, and without the values of columns that hold secrets by their name. */
export function maskedRows({ columns, rows }: TableData): TableData {
  const secret = columns.map(isSecretColumn);
  return { columns, rows: rows.map((row) => row.map((cell, at) => masked(cell, secret[at] === true))) };
}

/** A message of a topic; one that is JSON is masked by its keys. */
export function maskedMessage(message: string): string {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return String(masked(message));
  }
  const clean = JSON.stringify(masked(value));
  return clean === JSON.stringify(value) ? message : clean;
}

/** A profile without the values of a column that holds secrets by its name; counts stay. */
export function maskedProfile(profile: ColumnProfile): ColumnProfile {
  if (!isSecretColumn(profile.name)) return profile;
  const { min, max, histogram, cardinalityDistribution, ...rest } = profile;
  return {
    ...rest,
    ...(min === undefined ? {} : { min: String(masked(min, true)) }),
    ...(max === undefined ? {} : { max: String(masked(max, true)) }),
    ...(histogram === undefined
      ? {}
      : { histogram: { ...histogram, boundaries: histogram.boundaries?.map((edge) => masked(edge, true)) } }),
    ...(cardinalityDistribution === undefined
      ? {}
      : {
          cardinalityDistribution: {
            ...cardinalityDistribution,
            categories: cardinalityDistribution.categories?.map((category) => String(masked(category, true))),
          },
        }),
  };
}

function isSecretColumn(name: string): boolean {
  return lastPart(name).some(isSecretKey);
}

/** The name as a whole and its last part: columns are named raw, by path or by FQN. */
function lastPart(name: string): string[] {
  try {
    return [name, unquoteName(splitFqn(name).at(-1) ?? name)];
  } catch {
    return [name];
  }
}
