import { useState } from "react";
import { api } from "../api.ts";
import type { Hit } from "../api-types.ts";
import { Kind } from "../parts/marks.tsx";
import { useLoad } from "../use-load.ts";

/** Finds an entity by its name. */
export function EntityPicker({ label, choose }: { readonly label: string; readonly choose: (hit: Hit) => void }) {
  const [text, setText] = useState("");
  const q = text.trim();
  const load = useLoad(q === "" ? undefined : q, (signal) => api.search({ q, limit: 6 }, signal), "picker");
  const hits = q === "" ? [] : (load.value?.hits ?? []);
  return (
    <div className="picker">
      <input
        type="search"
        aria-label={label}
        placeholder="Name of the other entity"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {hits.length > 0 ? (
        <ul aria-label="Entities that fit">
          {hits.map((hit) => (
            <li key={hit.id}>
              <Kind type={hit.type} />{" "}
              <button
                type="button"
                className="bare"
                title={hit.fqn}
                onClick={() => {
                  setText("");
                  choose(hit);
                }}
              >
                {hit.displayName ?? hit.name}
              </button>
            </li>
          ))}
        </ul>
      ) : undefined}
      {q !== "" && load.value && hits.length === 0 ? <p className="muted small">Nothing has this name.</p> : undefined}
    </div>
  );
}
