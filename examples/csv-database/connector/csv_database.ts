import { readFile } from "node:fs/promises";
import type { Either, Source, SourceConfig, SourceContext } from "@omd/core";
import type { FQN, MetadataRecord } from "@omd/schema";

type Row = { schema: string; table: string; column: string; type: string; description: string };

/** A database whose tables stand in a CSV file: one line per column. */
export class CsvDatabase implements Source {
  static create(config: SourceConfig, context: SourceContext): CsvDatabase {
    const { file, database = "default" } = (config.connection["connectionOptions"] ?? {}) as Record<string, string>;
    if (!file) throw new Error("connectionOptions.file is missing: the CSV file to read");
    return Object.assign(new CsvDatabase(), { context, file, database });
  }

  declare readonly context: SourceContext;
  declare readonly file: string;
  declare readonly database: string;

  async *iter(): AsyncGenerator<Either<MetadataRecord>> {
    const { serviceName, service, ledger } = this.context;
    const rows = readRows(await readFile(this.file, "utf8"));
    const database = join(service, this.database);
    // The file is the whole truth about this database: tables that are no longer in it are marked deleted.
    const scope = ledger.open("csv/tables", { deletes: { entityType: "table", below: database } });
    scope.received(rows.length);

    yield entity("databaseService", { name: serviceName, serviceType: "CustomDatabase" });
    yield entity("database", { name: this.database, service: serviceName });
    for (const [schema, ofSchema] of Map.groupBy(rows, (row) => row.schema)) {
      yield entity("databaseSchema", { name: schema, database });
      for (const [table, ofTable] of Map.groupBy(ofSchema, (row) => row.table)) {
        scope.saw(join(database, schema, table));
        const columns = ofTable.map(({ column, type, description }) => ({ name: column, dataType: type, description }));
        yield entity("table", { name: table, databaseSchema: join(database, schema), columns });
      }
    }
    scope.complete();
  }
}

const entity = (entityType: string, request: object) =>
  ({ right: { kind: "entity", entityType, request } }) as Either<MetadataRecord>;

/** Parts of a fully qualified name are joined by dots; a part that holds a dot is quoted. */
const join = (...parts: [FQN, ...string[]]) =>
  parts.map((part, at) => (at > 0 && part.includes(".") ? `"${part}"` : part)).join(".") as FQN;

function readRows(text: string): Row[] {
  const [header = [], ...lines] = text.trim().split(/\r?\n/).map(readFields);
  return lines.map((line) => Object.fromEntries(header.map((name, at) => [name, line[at] ?? ""])) as Row);
}

/** Fields between commas; a field in quotes may hold commas, and quotes twice. */
const readFields = (line: string) =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
