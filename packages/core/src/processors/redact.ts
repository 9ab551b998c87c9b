import type { MetadataRecord } from "@omd/schema";
import { right, type Processor } from "../contracts/index.ts";
import type { RedactConfig } from "./processor-config.ts";

const mask = "*********";

/** Masks text by pattern or key in descriptions, SQL and URLs, wherever these fields stand in a record. */
export function redactProcessor(config: RedactConfig): Processor {
  const fields = new Set(config.fields);
  const patterns = config.patterns.map((pattern) => new RegExp(pattern, "gu"));
  const keys = config.keys.map(valueOfKey);
  const redacted = (text: string): string => {
    const byKey = keys.reduce((at, key) => at.replace(key, `$<before>${mask}`), text);
    return patterns.reduce((at, pattern) => at.replace(pattern, mask), byKey);
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([field, inner]) => [
        field,
        typeof inner === "string" && fields.has(field) ? redacted(inner) : walk(inner),
      ]),
    );
  };
  return { name: "redact", run: (record) => right(walk(record) as MetadataRecord) };
}

/** The value in `password=x`, `"password": "x y"`, `PASSWORD 'x'`, `--password x` and `?password=x&…`. */
function valueOfKey(key: string): RegExp {
  const name = key.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const quoted = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.|'')*'`;
  return new RegExp(
    String.raw`(?<before>(?<![\w])${name}["']?(?:\s*(?:=>?|:=?)\s*|\s+))(?:${quoted}|[^\s"'&,;)}]+)`,
    "giu",
  );
}
