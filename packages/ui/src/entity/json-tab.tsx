import { useMemo, useState } from "react";
import type { Entity } from "../api.ts";
import { save } from "../graph/save.ts";

/** The entity as the server answers it. */
export function JsonTab({ entity, name }: { readonly entity: Entity; readonly name: string }) {
  const json = useMemo(() => JSON.stringify(entity, null, 2), [entity]);
  const [said, setSaid] = useState("");
  const copy = () => {
    navigator.clipboard.writeText(json).then(
      () => setSaid("Copied."),
      () => setSaid("The browser does not allow copying here."),
    );
  };
  return (
    <div className="panel">
      <header className="row">
        <button type="button" onClick={copy}>
          Copy
        </button>
        <button type="button" onClick={() => save(`${name}.json`, new Blob([json], { type: "application/json" }))}>
          Save
        </button>
        <span role="status" className="muted">
          {said}
        </span>
      </header>
      <pre className="body small" tabIndex={0} aria-label="JSON of the entity">
        {json}
      </pre>
    </div>
  );
}
