import { useState } from "react";
import { api } from "../api.ts";
import { count, counted } from "../format.ts";
import { Empty, Loaded } from "../parts/notice.tsx";
import { PageHead } from "../parts/page.tsx";
import { go, useAddress } from "../router.ts";
import { to } from "../routes.ts";
import { useLoad } from "../use-load.ts";
import { RunTable } from "./run-table.tsx";

const limit = 200;

/** Every ingestion run; two of them can be compared. */
export function RunsPage() {
  const { query } = useAddress();
  const service = query.get("service") ?? undefined;
  const load = useLoad(`runs ${service ?? ""}`, (signal) => api.runs({ limit, service }, signal));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choose = (id: string, on: boolean) =>
    setChosen((before) => (on ? [...before, id].slice(-2) : before.filter((other) => other !== id)));
  const runs = load.value ?? [];
  // The older run is the first: a comparison reads from before to after.
  const [later, earlier] = runs.filter((run) => chosen.includes(run.runId));
  const names = [...new Set(runs.map((run) => run.serviceName))];
  return (
    <>
      <PageHead
        title="Ingestion runs"
        under={load.value ? counted(runs.length, "run") + (runs.length === limit ? ", the newest" : "") : undefined}
        actions={
          <>
            {service !== undefined || names.length > 1 ? (
              <select
                aria-label="Service"
                value={service ?? ""}
                onChange={(event) => go(to.runs(event.target.value || undefined))}
              >
                <option value="">All services</option>
                {[...new Set([...names, ...(service === undefined ? [] : [service])])].map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            ) : undefined}
            <button
              type="button"
              disabled={!earlier || !later}
              onClick={() => earlier && later && go(to.compare(earlier.runId, later.runId))}
            >
              Compare {chosen.length === 2 ? "the two" : `(${count(chosen.length)} of 2 chosen)`}
            </button>
          </>
        }
      />
      <Loaded load={load} what="the runs">
        {(all) =>
          all.length === 0 ? (
            <div className="panel">
              <Empty>
                No ingestion has run yet. Start one with <code>omd ingest -c workflow.yaml</code>.
              </Empty>
            </div>
          ) : (
            <div className="panel">
              <RunTable
                runs={all}
                label="Ingestion runs"
                choice={(run) =>
                  // Only reports can be compared.
                  run.writes ? (
                    <input
                      type="checkbox"
                      aria-label={`Compare run ${run.runId}`}
                      checked={chosen.includes(run.runId)}
                      onChange={(event) => choose(run.runId, event.target.checked)}
                    />
                  ) : undefined
                }
              />
            </div>
          )
        }
      </Loaded>
    </>
  );
}
