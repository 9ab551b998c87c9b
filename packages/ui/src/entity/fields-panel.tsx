import type { ReactNode } from "react";
import type { Entity } from "../api.ts";
import { bytes, count, kind, moment, plain } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Link } from "../parts/link.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { to } from "../routes.ts";
import { Columns } from "./columns-panel.tsx";
import { inner, linkedEntity, list, text, texts, webAddress, type Json } from "./entity-fields.ts";

/** Parents, from the outermost to the nearest. */
export const parents = [
  "service",
  "database",
  "databaseSchema",
  "directory",
  "spreadsheet",
  "parent",
  "classification",
] as const;

/** Shown beside the fields or in panels of their own, or of no use to people. */
const shownElsewhere: ReadonlySet<string> = new Set([
  ...parents,
  ..."id name displayName fullyQualifiedName description owners tags href version updatedAt updatedBy deleted sourceHash".split(
    " ",
  ),
  ..."serviceType sourceUrl scheduleInterval startDate concurrency state changeDescription incrementalChangeDescription type".split(
    " ",
  ),
  ..."columns sampleData".split(" "),
]);

/** Where the entities are that belong to a service, have a tag or an owner. */
function searchOf(type: string, entity: Entity): string | undefined {
  const name = text(entity, "name");
  if (type.endsWith("Service")) return to.search({ service: name });
  if (type === "user" || type === "team") return to.search({ owner: name });
  return type === "tag" || type === "glossaryTerm" ? to.search({ tag: text(entity, "fullyQualifiedName") }) : undefined;
}

/** What is known of kinds that have no view of their own. */
export function Fields({ type, entity }: { readonly type: string; readonly entity: Entity }) {
  const fields = Object.entries(entity).filter(
    ([name, value]) =>
      !shownElsewhere.has(name) && plain(value) !== "" && plain(value) !== "[]" && plain(value) !== "{}",
  );
  const having = searchOf(type, entity);
  return (
    <>
      {list(entity, "columns").length > 0 ? <Columns entity={entity} /> : undefined}
      <Sample entity={entity} />
      <Panel title="Fields" aside={having === undefined ? undefined : <Link href={having}>Its entities</Link>}>
        {fields.length === 0 ? (
          <Empty>Nothing beside what is shown here.</Empty>
        ) : (
          <dl className="facts">
            {fields.map(([name, value]) => (
              <div key={name} className="fact">
                <dt>{kind(name)}</dt>
                <dd>
                  <Value name={name} value={value} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Panel>
    </>
  );
}

/** Numbers that are bytes, and those that are epoch ms. */
const sizes: ReadonlySet<string> = new Set(["size", "totalSize"]);
const times: ReadonlySet<string> = new Set(["createdTime", "modifiedTime", "timestamp"]);
/** Most references that are shown as they are. */
const fewLinks = 30;

function Value({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  if (typeof value === "number" && sizes.has(name)) return bytes(value);
  if (typeof value === "number" && times.has(name)) return moment(value);
  const address = typeof value === "string" ? webAddress(value) : undefined;
  if (address !== undefined)
    return (
      <a href={address} target="_blank" rel="noreferrer">
        {address}
      </a>
    );
  const target = typeof value === "string" ? linkedEntity(value) : undefined;
  if (target !== undefined)
    return (
      <>
        <EntityLink type={target.type} fqn={target.fqn} />
        {target.column === undefined ? undefined : <span className="muted"> column {target.column}</span>}
      </>
    );
  if (typeof value !== "object" || value === null) return plain(value);
  const code = codeOf(value);
  if (code !== undefined) return <pre className="small">{code}</pre>;
  const links = linksOf(value);
  if (links !== undefined && links.length <= fewLinks) return <Links links={links} />;
  const whole = links === undefined ? <Parts name={name} value={value} /> : <Links links={links} />;
  if (!Array.isArray(value) || value.length <= 5) return whole;
  return (
    <details>
      <summary>{count(value.length)}</summary>
      {whole}
    </details>
  );
}

/** Maps as names and values, lists of flat ones as a table; other lists as JSON. */
function Parts({ name, value }: { readonly name: string; readonly value: object }) {
  if (!Array.isArray(value))
    return (
      <ul>
        {Object.entries(value).map(([key, part]) => (
          <li key={key}>
            <span className="muted">{kind(key)}</span> <Value name={key} value={part} />
          </li>
        ))}
      </ul>
    );
  const rows = value as unknown[];
  if (!rows.every(isFlat)) return <pre className="small">{JSON.stringify(value, null, 1)}</pre>;
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <DataTable<Json>
      label={kind(name)}
      rows={rows}
      rowKey={(_row, index) => String(index)}
      columns={keys.map((key) => ({
        name: kind(key),
        cell: (row) => <Value name={key} value={row[key]} />,
        kind: "wrap" as const,
      }))}
    />
  );
}

function isFlat(value: unknown): value is Json {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((part) => typeof part !== "object" || part === null)
  );
}

/** The expression of a metric: text in a language. */
function codeOf(value: object): string | undefined {
  const expression = value as Json;
  return text(expression, "language") === undefined ? undefined : text(expression, "code");
}

interface EntityName {
  readonly type: string;
  readonly fqn: string;
  readonly name: string | undefined;
}

/** A reference or several of them; undefined for anything else. */
function linksOf(value: object): readonly EntityName[] | undefined {
  const links = (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one): EntityName[] => {
    const reference = typeof one === "object" && one !== null ? (one as Json) : {};
    const type = text(reference, "type");
    const fqn = text(reference, "fullyQualifiedName");
    if (text(reference, "id") === undefined || type === undefined || fqn === undefined) return [];
    return [{ type, fqn, name: text(reference, "displayName") ?? text(reference, "name") }];
  });
  return links.length === (Array.isArray(value) ? value.length : 1) ? links : undefined;
}

function Links({ links }: { readonly links: readonly EntityName[] }) {
  return (
    <ul>
      {links.map(({ type, fqn, name }) => (
        <li key={`${type} ${fqn}`}>
          <EntityLink type={type} fqn={fqn} name={name} />
        </li>
      ))}
    </ul>
  );
}

/** Most rows of a sample that are shown. */
const sampleRows = 50;

/** Sample rows, or messages one below the other. */
function Sample({ entity }: { readonly entity: Entity }) {
  const sample = inner(entity, "sampleData");
  if (sample === undefined) return undefined;
  const messages = texts(sample, "messages");
  const columns = messages.length > 0 ? ["Message"] : texts(sample, "columns");
  const given = Array.isArray(sample["rows"]) ? (sample["rows"] as unknown[]) : [];
  const rows = messages.length > 0 ? messages.map((message) => [message]) : given.filter((row) => Array.isArray(row));
  if (columns.length === 0 || rows.length === 0) return undefined;
  return (
    <Panel title="Sample" aside={`${count(Math.min(rows.length, sampleRows))} of ${count(rows.length)}`} flush>
      <DataTable<readonly unknown[]>
        label="Sample"
        rows={rows.slice(0, sampleRows)}
        rowKey={(_row, index) => String(index)}
        columns={columns.map((name, at) => ({ name, cell: (row) => plain(row[at]), kind: "wrap" as const }))}
      />
    </Panel>
  );
}
