import type { ReactNode } from "react";
import type { Entity } from "../api.ts";
import { kind, moment, plain } from "../format.ts";
import { Breakable } from "../parts/breakable.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Link } from "../parts/link.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Panel } from "../parts/page.tsx";
import { to } from "../routes.ts";
import { figure, inner, list, text, webAddress, type Json } from "./entity-fields.ts";
import { Fields, parents } from "./fields-panel.tsx";
import { PipelineView } from "./pipeline-view.tsx";
import { TableView } from "./table-view.tsx";
import { Tags } from "./tags.tsx";

/** What people look for first: the parts of the entity, and who stands behind it. */
export function EntityOverview(props: { readonly type: string; readonly fqn: string; readonly entity: Entity }) {
  const { type, fqn, entity } = props;
  const description = text(entity, "description");
  return (
    <div className="columns">
      <div className="stack">
        {type === "pipeline" ? (
          <PipelineView fqn={fqn} entity={entity} />
        ) : type === "table" ? (
          <TableView entity={entity} />
        ) : (
          <Fields type={type} entity={entity} />
        )}
      </div>
      <div className="stack">
        <Panel title="Description">
          {description === undefined ? (
            <p className="muted">No description at the source.</p>
          ) : (
            <Markdown text={description} />
          )}
        </Panel>
        <About entity={entity} />
      </div>
    </div>
  );
}

function About({ entity }: { readonly entity: Entity }) {
  const source = webAddress(text(entity, "sourceUrl"));
  const owners = list(entity, "owners");
  const tags = list(entity, "tags");
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Owners", owners.length === 0 ? <None /> : <Owners owners={owners} />],
    ["Tags", tags.length === 0 ? <None /> : <Tags tags={tags} />],
    ...parents.flatMap((field): (readonly [string, ReactNode])[] => {
      const parent = inner(entity, field);
      const fqn = parent && (text(parent, "fullyQualifiedName") ?? text(parent, "name"));
      return parent && fqn !== undefined
        ? [
            [
              field === "databaseSchema" ? "Schema" : capital(kind(field)),
              <EntityLink
                key={field}
                type={text(parent, "type") ?? field}
                fqn={fqn}
                name={text(parent, "displayName") ?? text(parent, "name")}
                withKind={false}
              />,
            ],
          ]
        : [];
    }),
    ["Service type", text(entity, "serviceType")],
    ["Schedule", text(entity, "scheduleInterval")],
    ["Starts", moment(text(entity, "startDate"))],
    ["Concurrency", plain(figure(entity, "concurrency"))],
    ["State", text(entity, "state")],
    ["Table type", text(entity, "tableType")],
    ["Location", text(entity, "pipelineLocation") ?? text(entity, "locationPath")],
    [
      "Source",
      source === undefined ? undefined : (
        <a href={source} target="_blank" rel="noreferrer">
          Open at the source
        </a>
      ),
    ],
    ["Updated", moment(figure(entity, "updatedAt"))],
  ];
  return (
    <Panel title="About">
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== undefined && value !== "")
          .map(([name, value]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{typeof value === "string" ? <Breakable text={value} /> : value}</dd>
            </div>
          ))}
      </dl>
    </Panel>
  );
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function None() {
  return <span className="muted">none</span>;
}

function Owners({ owners }: { readonly owners: readonly Json[] }) {
  return (
    <span className="chips">
      {owners.map((owner) => {
        const name = text(owner, "name") ?? "";
        return (
          <Link key={name} className="chip" href={to.search({ owner: name })}>
            {text(owner, "displayName") ?? name}
          </Link>
        );
      })}
    </span>
  );
}
