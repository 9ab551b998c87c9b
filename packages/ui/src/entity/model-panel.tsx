import { useState } from "react";
import { Panel } from "../parts/page.tsx";
import { text, type Json } from "./entity-fields.ts";

/** The model that makes a table: where it is written, and its SQL as written and as it ran. */
export function ModelPanel({ model }: { readonly model: Json }) {
  const written = text(model, "rawSql");
  const compiled = text(model, "sql");
  const [shown, setShown] = useState<"compiled" | "written">("compiled");
  const sql = shown === "compiled" ? (compiled ?? written) : written;
  const about = [text(model, "modelType")?.toLowerCase(), text(model, "resourceType"), text(model, "dbtSourceProject")];
  const both = written !== undefined && compiled !== undefined && written !== compiled;
  return (
    <Panel title="Model" aside={about.filter((part) => part !== undefined).join(" · ")}>
      {text(model, "path") === undefined ? undefined : <p className="mono small">{text(model, "path")}</p>}
      {both ? (
        <div className="segments" role="group" aria-label="SQL">
          {(["compiled", "written"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={shown === one} onClick={() => setShown(one)}>
              {one === "compiled" ? "As it ran" : "As written"}
            </button>
          ))}
        </div>
      ) : undefined}
      {sql === undefined ? undefined : <pre className="small">{sql}</pre>}
    </Panel>
  );
}
