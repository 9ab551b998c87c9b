import { api, type Entity } from "../api.ts";
import { counted, moment, plain } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { useLoad } from "../use-load.ts";
import { figure, text } from "./entity-fields.ts";
import { differences, type Difference } from "./version-diff.ts";

/** All versions, newest first, each with what differs from the one before. */
export function VersionsTab({ type, id }: { readonly type: string; readonly id: string }) {
  const load = useLoad(`${type} ${id}`, (signal) => api.versions(type, id, signal));
  return (
    <Loaded load={load} what="the versions">
      {(versions) => (
        <div className="stack">
          {versions.length === 0 ? <Empty>The server keeps no versions of this entity.</Empty> : undefined}
          {versions.map((version, index) => (
            <Version key={`${String(version["version"])} ${index}`} version={version} before={versions[index + 1]} />
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Version({ version, before }: { readonly version: Entity; readonly before: Entity | undefined }) {
  const found = before ? differences(before, version) : [];
  const by = text(version, "updatedBy");
  return (
    <Panel
      title={`Version ${figure(version, "version") ?? "?"}`}
      aside={`${moment(figure(version, "updatedAt"))}${by === undefined ? "" : ` by ${by}`}`}
      flush
    >
      {before === undefined ? (
        <Empty>The first version that is known.</Empty>
      ) : found.length === 0 ? (
        <Empty>No field differs from the version before.</Empty>
      ) : (
        <DataTable<Difference>
          label={counted(found.length, "difference")}
          rows={found}
          rowKey={({ path }) => path}
          columns={[
            { name: "Field", head: true, kind: "wrap", cell: ({ path }) => path },
            {
              name: "Before",
              kind: "wrap",
              cell: (difference) => <Value value={difference.before} className="minus" />,
            },
            { name: "After", kind: "wrap", cell: (difference) => <Value value={difference.after} className="plus" /> },
          ]}
        />
      )}
    </Panel>
  );
}

function Value({ value, className }: { readonly value: unknown; readonly className: string }) {
  if (value === undefined) return <span className="muted">not there</span>;
  return typeof value === "object" ? (
    <pre className={`small ${className}`}>{JSON.stringify(value, null, 1)}</pre>
  ) : (
    <span className={`lines-kept ${className}`}>{plain(value)}</span>
  );
}
