import type { LineageEdge } from "../api-types.ts";
import { counted } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import type { Graph } from "./graph-state.ts";
import { sourceText } from "./line-label.ts";

/** The graph in words: for screen readers, and for copying. */
export function LineageTable({ graph }: { readonly graph: Graph }) {
  const entity = (id: string) => {
    const node = graph.nodes.get(id);
    return node ? <EntityLink type={node.type} fqn={node.fqn} /> : id;
  };
  const edges = [...graph.edges.values()];
  return (
    <>
      <Panel title="Edges" aside={counted(edges.length, "edge")} flush>
        {edges.length === 0 ? (
          <Empty>No edge is known in this depth.</Empty>
        ) : (
          <DataTable<LineageEdge>
            label="Lineage edges"
            rows={edges}
            rowKey={(edge) => `${edge.from} ${edge.to}`}
            columns={[
              { name: "From", kind: "wrap", cell: (edge) => entity(edge.from) },
              { name: "To", kind: "wrap", cell: (edge) => entity(edge.to) },
              {
                name: "Made by",
                kind: "wrap",
                cell: (edge) =>
                  edge.pipelines.length === 0 ? (
                    <span className="muted">{sourceText(edge)}</span>
                  ) : (
                    edge.pipelines.map((pipeline) => (
                      <div key={pipeline.id}>
                        <EntityLink type="pipeline" fqn={pipeline.fqn} name={pipeline.name} withKind={false} />
                      </div>
                    ))
                  ),
              },
              {
                name: "Columns",
                kind: "wrap",
                cell: (edge) =>
                  edge.columns.length === 0 ? (
                    ""
                  ) : (
                    <details>
                      <summary>{counted(edge.columns.length, "column")}</summary>
                      {edge.columns.map((column) => (
                        <div key={column.to} className="small mono">
                          {column.from.join(", ")} → {column.to}
                        </div>
                      ))}
                    </details>
                  ),
              },
            ]}
          />
        )}
      </Panel>
      {graph.unresolved.length === 0 ? undefined : (
        <Panel title="Ends that are not in the catalog" aside={counted(graph.unresolved.length, "end")} flush>
          <DataTable
            label="Unresolved ends"
            rows={graph.unresolved}
            rowKey={(end) => end.id}
            columns={[
              { name: "Name", head: true, kind: "wrap", cell: (end) => end.name },
              { name: "Side", kind: "tight", cell: (end) => end.side },
              { name: "Of", kind: "wrap", cell: (end) => entity(end.near) },
              {
                name: "Why",
                kind: "wrap",
                cell: ({ reason, nearest }) =>
                  nearest.length === 0 ? reason : `${reason}. Nearest names: ${nearest.join(", ")}`,
              },
            ]}
          />
        </Panel>
      )}
    </>
  );
}
