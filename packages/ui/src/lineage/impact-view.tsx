import { useState } from "react";
import { api, type Direction } from "../api.ts";
import { count, counted } from "../format.ts";
import { save } from "../graph/save.ts";
import { DataTable } from "../parts/data-table.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { useLoad } from "../use-load.ts";

const firstRows = 500;

/** Everything downstream (or upstream) of an entity, however far, with a CSV file of it. */
export function ImpactView(props: {
  readonly type: string;
  readonly fqn: string;
  readonly direction: Direction;
  readonly choose: (direction: Direction) => void;
}) {
  const { type, fqn, direction } = props;
  const load = useLoad(`${type} ${fqn} ${direction}`, (signal) => api.impact(type, fqn, direction, signal));
  const [filter, setFilter] = useState("");
  const [all, setAll] = useState(false);
  const [said, setSaid] = useState("");
  const saveCsv = () => {
    api.impactCsv(type, fqn, direction).then(
      (file) => save(`${fqn}-${direction}.csv`, file),
      (error: unknown) => setSaid(error instanceof Error ? error.message : "The file could not be made."),
    );
  };
  return (
    <Loaded load={load} what="the impact list">
      {({ total, items }) => {
        const names = new Map(items.map((item) => [item.id, item.name]));
        const fitting = items.filter((item) => item.fqn.toLowerCase().includes(filter.toLowerCase()));
        const shown = all ? fitting : fitting.slice(0, firstRows);
        return (
          <Panel
            title={`Everything ${direction}`}
            aside={
              <span className="row">
                <span role="status">
                  {said} {counted(total, "entity", "entities")}
                </span>
                <input
                  type="search"
                  aria-label="Filter the list"
                  placeholder="Filter"
                  value={filter}
                  onChange={(event) => setFilter(event.target.value)}
                />
                <select
                  aria-label="Direction"
                  value={direction}
                  onChange={(event) => props.choose(event.target.value as Direction)}
                >
                  <option value="downstream">Downstream</option>
                  <option value="upstream">Upstream</option>
                </select>
                <button type="button" onClick={saveCsv}>
                  Save CSV
                </button>
              </span>
            }
            flush
          >
            {fitting.length === 0 ? (
              <Empty>{total === 0 ? `Nothing is ${direction} of this entity.` : "No name fits the filter."}</Empty>
            ) : (
              <DataTable
                label={`Entities ${direction}`}
                rows={shown}
                rowKey={(item) => item.id}
                columns={[
                  { name: "Steps", kind: "num" as const, cell: (item) => count(item.depth) },
                  {
                    name: "Entity",
                    head: true,
                    kind: "wrap",
                    cell: (item) => <EntityLink type={item.type} fqn={item.fqn} />,
                  },
                  { name: "Service", kind: "wrap", cell: (item) => item.service ?? "" },
                  {
                    name: "By way of",
                    kind: "wrap",
                    cell: (item) => item.via.map((id) => names.get(id) ?? "this entity").join(", "),
                  },
                ]}
              />
            )}
            {shown.length < fitting.length ? (
              <p className="notice">
                <button type="button" onClick={() => setAll(true)}>
                  Show all {count(fitting.length)}
                </button>
              </p>
            ) : undefined}
          </Panel>
        );
      }}
    </Loaded>
  );
}
