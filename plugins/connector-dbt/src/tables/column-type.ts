import { dataTypes, encodeName, type Column } from "@omd/schema";
import { elementOf, memberOf, takeApart } from "./type-text.ts";
import { typeName } from "./type-names.ts";

/** A column's type as OpenMetadata writes it. */
export type ColumnType = Pick<
  Column,
  "dataType" | "dataTypeDisplay" | "dataLength" | "precision" | "scale" | "arrayDataType" | "children"
>;

const known: ReadonlySet<string> = new Set(dataTypes);
const lengthTypes: ReadonlySet<string> = new Set(["CHAR", "VARCHAR", "BINARY", "VARBINARY"]);
const decimalTypes: ReadonlySet<string> = new Set(["DECIMAL", "NUMERIC", "NUMBER"]);
/** Types that only say something about the type inside. */
const wrappers: ReadonlySet<string> = new Set(["NULLABLE", "LOWCARDINALITY"]);

/** Deeper ones are `UNKNOWN`: no table has them. */
const maxDepth = 32;
const maxText = 20_000;
/** OpenMetadata keeps sizes in 32 bits; a larger one would lose the whole table. */
const maxSize = 2_147_483_647;

/** The type that a database writes as `text`. What is not known is `UNKNOWN`; `dataTypeDisplay` says what the database said. */
export function columnType(text: string | undefined): ColumnType {
  const written = text?.trim() ?? "";
  if (written === "") return { dataType: "UNKNOWN" };
  return written.length > maxText ? { dataType: "UNKNOWN" } : { ...typeOf(written, 0), dataTypeDisplay: written };
}

function typeOf(text: string, depth: number): ColumnType {
  const element = elementOf(text);
  if (depth > maxDepth) return { dataType: "UNKNOWN" };
  if (element !== undefined) return arrayOf(element, depth);
  const apart = takeApart(text);
  if (apart === undefined) return { dataType: "UNKNOWN" };
  const { name, args } = apart;
  const [first] = args ?? [];
  if (wrappers.has(name.toUpperCase()) && first !== undefined) return typeOf(first, depth + 1);
  // Structured objects of Snowflake declare their members.
  const isStruct = name.toUpperCase() === "OBJECT" && args !== undefined && args.length > 0;
  const dataType = isStruct ? "STRUCT" : typeName(name, (one) => known.has(one));
  switch (dataType) {
    case undefined:
      return { dataType: "UNKNOWN" };
    case "ARRAY":
      return first === undefined ? { dataType, arrayDataType: "UNKNOWN" } : arrayOf(first, depth);
    case "STRUCT":
    case "RECORD":
    case "TUPLE":
    case "UNION":
      return structOf(dataType, args ?? [], depth);
    default:
      return { dataType, ...sizes(dataType, args ?? []) };
  }
}

function arrayOf(element: string, depth: number): ColumnType {
  const { dataType, children } = typeOf(element, depth + 1);
  return { dataType: "ARRAY", arrayDataType: dataType, ...(children && { children }) };
}

function structOf(dataType: string, args: readonly string[], depth: number): ColumnType {
  const children: Column[] = [];
  for (const [at, arg] of args.entries()) {
    const { name, type } = memberOf(arg);
    const child = { name: encodeName(name ?? `_${at + 1}`), ...typeOf(type, depth + 1), dataTypeDisplay: type };
    if (child.name !== "" && type !== "" && !children.some((other) => other.name === child.name)) children.push(child);
  }
  if (children.length > 0) return { dataType, children };
  // A struct must have children in OpenMetadata.
  return { dataType: dataType === "STRUCT" ? "JSON" : dataType };
}

function sizes(dataType: string, args: readonly string[]): Pick<ColumnType, "dataLength" | "precision" | "scale"> {
  const [first, second] = args.map((arg) =>
    /^-?\d/u.test(arg) ? Math.max(-1, Math.min(Number.parseInt(arg, 10), maxSize)) : undefined,
  );
  // OpenMetadata wants a length for these; 1 stands where the database tells none.
  if (lengthTypes.has(dataType)) return { dataLength: first ?? 1 };
  if (!decimalTypes.has(dataType) || first === undefined || first < 1) return {};
  return { precision: first, ...(second !== undefined && second >= 0 && second <= first && { scale: second }) };
}
