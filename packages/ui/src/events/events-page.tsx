import { useState } from "react";
import { api } from "../api.ts";
import type { DeadLetter, ReceivedEvent } from "../api-types.ts";
import { counted } from "../format.ts";
import { Breakable } from "../parts/breakable.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { Ago, Mark } from "../parts/marks.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { PageHead, Panel } from "../parts/page.tsx";
import { Link } from "../parts/link.tsx";
import { useAddress } from "../router.ts";
import { to } from "../routes.ts";
import { useLoad } from "../use-load.ts";

const limit = 50;

/** OpenLineage events that were received, and those that were refused. */
export function EventsPage() {
  const { query } = useAddress();
  const before = query.get("before") ?? undefined;
  const events = useLoad(`events ${before ?? ""}`, (signal) => api.events({ limit, before }, signal));
  const letters = useLoad("dead letters", (signal) => api.deadLetters(200, signal));
  return (
    <>
      <PageHead
        title="OpenLineage events"
        under="Producers send them to /api/v1/lineage of this server. Each is stored as it came."
      />
      <Loaded load={events} what="the events">
        {(answer) => (
          <Panel
            title="Received"
            aside={before === undefined ? "Newest first" : <Link href={to.events}>Newest</Link>}
            flush
          >
            {answer.events.length === 0 ? (
              <Empty>{before === undefined ? "No event has been received yet." : "No event is older than this."}</Empty>
            ) : (
              <EventTable events={answer.events} />
            )}
            {answer.next === undefined ? undefined : (
              <p className="notice">
                <Link href={`${to.events}?before=${encodeURIComponent(String(answer.next))}`}>Older events</Link>
              </p>
            )}
          </Panel>
        )}
      </Loaded>
      <Loaded load={letters} what="the dead letters">
        {(list) => (
          <Panel title="Dead letters" aside={counted(list.length, "event")} flush>
            {list.length === 0 ? (
              <Empty>No event was refused.</Empty>
            ) : (
              <DataTable<DeadLetter>
                label="Dead letters"
                rows={list}
                rowKey={(letter) => String(letter.id)}
                columns={[
                  { name: "Received", kind: "tight", head: true, cell: (letter) => <Ago time={letter.receivedAt} /> },
                  { name: "Why it was refused", kind: "wrap", cell: (letter) => letter.reason },
                  {
                    name: "Body",
                    kind: "wrap",
                    cell: (letter) => (
                      <details>
                        <summary className="mono">
                          <Breakable text={letter.body.slice(0, 80)} />
                        </summary>
                        <pre className="small">{letter.body}</pre>
                      </details>
                    ),
                  },
                ]}
              />
            )}
          </Panel>
        )}
      </Loaded>
    </>
  );
}

function EventTable({ events }: { readonly events: readonly ReceivedEvent[] }) {
  return (
    <DataTable<ReceivedEvent>
      label="Received events"
      rows={events}
      rowKey={(event) => String(event.id)}
      columns={[
        { name: "Received", kind: "tight", head: true, cell: (event) => <Ago time={event.receivedAt} /> },
        { name: "Tells of", kind: "tight", cell: (event) => <EventKind event={event} /> },
        { name: "Job or dataset", kind: "wrap", cell: (event) => <Subject event={event} /> },
        { name: "Inputs", kind: "wrap", cell: (event) => <Names names={event.inputs} /> },
        { name: "Outputs", kind: "wrap", cell: (event) => <Names names={event.outputs} /> },
        {
          name: "Applied",
          kind: "wrap",
          cell: (event) => (
            <>
              <Mark state={outcome(event)} /> <Breakable text={event.note ?? ""} />
            </>
          ),
        },
        { name: "Event", kind: "wrap", cell: (event) => <WholeEvent event={event} /> },
      ]}
    />
  );
}

/** A run with what became of it, or what is told of without one. */
function EventKind({ event }: { readonly event: ReceivedEvent }) {
  return event.kind === "run" ? `run: ${event.eventType?.toLowerCase() ?? "other"}` : event.kind;
}

function Subject({ event: { job, dataset } }: { readonly event: ReceivedEvent }) {
  if (!job) return dataset;
  return (
    <>
      <span className="muted">{job.namespace}</span> <Breakable text={job.name} />
    </>
  );
}

/** An event of a dataset has nothing that could be applied: that it is stored is all that is wanted. */
function outcome({ kind, applied }: ReceivedEvent): string {
  if (kind === "dataset") return "stored";
  return applied ? "applied" : "not applied";
}

function Names({ names }: { readonly names: readonly string[] }) {
  return names.map((name) => (
    <div key={name}>
      <Breakable text={name} />
    </div>
  ));
}

/** The event as it was stored, asked for when it is opened. */
function WholeEvent({ event }: { readonly event: ReceivedEvent }) {
  const [open, setOpen] = useState(false);
  const id = String(event.id);
  const load = useLoad(open ? id : undefined, (signal) => api.event(id, signal));
  return (
    <details onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
      <summary>JSON</summary>
      {open ? (
        <Loaded load={load} what="the event">
          {(body) => <pre className="small">{JSON.stringify(body, null, 2)}</pre>}
        </Loaded>
      ) : undefined}
    </details>
  );
}
