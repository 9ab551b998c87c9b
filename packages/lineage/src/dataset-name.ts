import { parseEntityLink, splitFqn, unquoteName, type EntityType } from "@omd/schema";
import type { ParsedName } from "./dataset-kinds.ts";
import { tableNaming } from "./table-naming.ts";

/** Schemes that name the same store. Sources: OpenLineage naming of datasets, Hadoop's file system schemes. */
const stores: readonly (readonly string[])[] = [
  ["s3", "s3a", "s3n"],
  ["gs", "gcs"],
  ["abfss", "abfs", "wasbs", "wasb"],
  ["hdfs"],
  ["file"],
  ["dbfs"],
];

const dataTypes: readonly EntityType[] = ["table", "container", "topic", "pipeline"];

/** Reads a dataset's URI (OpenLineage naming, Airflow asset URIs), `x-omd:` name, entity link or FQN. */
export function parseDataset(text: string): ParsedName {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "unknown", reason: "the dataset has no name" };
  if (trimmed.startsWith("<#E::")) return fromEntityLink(trimmed);
  const arn = /^arn:[\w-]+:(\w[\w-]*):[^:]*:[^:/]*[:/](.+)$/.exec(trimmed);
  if (arn) return fromArn(trimmed, arn[1] ?? "", arn[2] ?? "");
  const uri = /^([A-Za-z][A-Za-z0-9+.-]*):(.+)$/s.exec(trimmed);
  if (!uri) return fromFqn(trimmed);

  // `postgresql+psycopg2` names the driver after the plus.
  const scheme = (uri[1] ?? "").toLowerCase().replace(/\+.*$/, "");
  const rest = uri[2] ?? "";
  if (scheme === "x-omd") return fromOwnScheme(trimmed, rest);
  const schemes = stores.find((family) => family.includes(scheme));
  if (schemes) return fromStore(trimmed, schemes, rest);
  if (scheme === "kafka" || scheme === "redpanda") return fromTopic(trimmed, rest);
  const naming = tableNaming(scheme);
  // A `:` may stand in the names of an FQN too.
  if (!naming && scheme.includes(".") && !rest.startsWith("//")) return fromFqn(trimmed);
  if (!naming) return { kind: "unknown", reason: `datasets of the scheme ${scheme}: are not known (${trimmed})` };
  return (
    naming.read(rest) ?? {
      kind: "unknown",
      reason: `${trimmed} names no table; a name of ${scheme} looks like ${naming.example}`,
    }
  );
}

function fromEntityLink(text: string): ParsedName {
  const link = parseEntityLink(text);
  const type = dataTypes.find((known) => known === link?.entityType);
  if (!link || !type) return { kind: "unknown", reason: `${text} is not a link to a dataset` };
  return { kind: "entity", fqn: link.fqn, types: [type] };
}

/** `x-omd:table:svc.db.s.t`, `x-omd://table/svc.db.s.t` or `x-omd:svc.db.s.t`. */
function fromOwnScheme(text: string, rest: string): ParsedName {
  const plain = decoded(rest.replace(/^\/\//, ""));
  const [, typeName, fqn = plain] = /^([A-Za-z]+)[:/](.+)$/s.exec(plain) ?? [];
  const type = dataTypes.find((known) => known === typeName);
  if (typeName !== undefined && !type) return { kind: "unknown", reason: `${text} names no type of dataset` };
  return type ? entityName(text, fqn, [type]) : fromFqn(plain);
}

/** Types by the number of names in the FQN. */
function typesOf(depth: number): readonly EntityType[] {
  if (depth === 2) return ["topic", "container", "pipeline"];
  return depth === 4 ? ["table", "container"] : ["container"];
}

function fromFqn(text: string): ParsedName {
  const depth = depthOf(text);
  const name = entityName(text, text, typesOf(depth));
  if (depth !== 3 || name.kind !== "entity") return name;
  const [database = "", schema = "", table = ""] = splitFqn(text).map(unquoteName);
  return { ...name, otherwise: { kind: "table", database, schema, table, foldsCase: true, serviceTypes: [] } };
}

function entityName(text: string, fqn: string, types: readonly EntityType[]): ParsedName {
  const depth = depthOf(fqn);
  if (depth < 2) return { kind: "unknown", reason: `${text} is neither a dataset URI nor a fully qualified name` };
  return { kind: "entity", fqn, types };
}

/** 0 when the text cannot be split. */
function depthOf(fqn: string): number {
  try {
    const parts = splitFqn(fqn);
    return parts.includes("") ? 0 : parts.length;
  } catch {
    return 0;
  }
}

function fromArn(text: string, service: string, resource: string): ParsedName {
  const [kind, ...names] = resource.split("/");
  const [schema, table, ...more] = names;
  if (service === "glue" && kind === "table" && schema && table && more.length === 0) {
    return { kind: "table", schema, table, foldsCase: true, serviceTypes: ["Glue", "Athena"] };
  }
  if (service === "kinesis" && kind === "stream" && schema && table === undefined)
    return { kind: "topic", topic: schema };
  const path = /^arn:[\w-]+:s3:::(.+)$/.exec(text)?.[1];
  if (path) return fromStore(text, ["s3", "s3a", "s3n"], `//${path}`);
  return { kind: "unknown", reason: `${text} is not the ARN of a Glue table, a Kinesis stream or an S3 object` };
}

function fromStore(text: string, schemes: readonly string[], rest: string): ParsedName {
  const path = decoded(rest).replace(/\/+$/, "");
  // `dbfs:/a`, `dbfs:///a` and `file:/a`, `file:///a` are the same place.
  const location = path.replace(/^\/(?!\/)/, "///");
  if (!location.startsWith("//") || location.length < 3) {
    return { kind: "unknown", reason: `${text} names no place in a store` };
  }
  return { kind: "container", schemes, location };
}

function fromTopic(text: string, rest: string): ParsedName {
  const topic = /^(?:\/\/[^/]*\/)([^/?#]+)\/?(?:[?#].*)?$/.exec(rest)?.[1];
  if (!topic)
    return { kind: "unknown", reason: `${text} names no topic; such a name looks like kafka://host:9092/topic` };
  return { kind: "topic", topic: decoded(topic) };
}

/** Percent-decoded where that is possible. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
