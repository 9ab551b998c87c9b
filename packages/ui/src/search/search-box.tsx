import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { api } from "../api.ts";
import type { Hit } from "../api-types.ts";
import { counted } from "../format.ts";
import { Kind } from "../parts/marks.tsx";
import { go, useAddress } from "../router.ts";
import { routeOf, to } from "../routes.ts";
import { useLoad } from "../use-load.ts";

const pauseMs = 120;

/** The last value that has stood still for a while. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Focuses the field when `/` is pressed outside of one. */
function useSlash(focus: () => void): void {
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
        return;
      event.preventDefault();
      focus();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [focus]);
}

/** Search field with suggestions, reached with `/` from everywhere. */
export function SearchBox() {
  const { pathname, query } = useAddress();
  const shown = routeOf(pathname).page === "search" ? (query.get("q") ?? "") : "";
  const [text, setText] = useState(shown);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const q = useSettled(text.trim());
  const load = useLoad(open && q ? q : undefined, (signal) => api.search({ q, limit: 8 }, signal), "box");
  const hits = open && text.trim() && load.value ? load.value.hits : [];
  useSlash(() => input.current?.focus());
  useEffect(() => {
    setText(shown);
    setOpen(false);
  }, [pathname, shown]);

  const leave = (href: string) => {
    setOpen(false);
    setAt(-1);
    go(href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") setOpen(false);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (hits.length > 0) setAt((before) => ((before + step + 1 + hits.length + 1) % (hits.length + 1)) - 1);
    }
  };
  const chosen = hits[at];
  return (
    <form
      className="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        leave(chosen ? to.entity(chosen.type, chosen.fqn) : to.search({ q: text.trim() }));
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <input
        ref={input}
        type="search"
        role="combobox"
        placeholder="Search names, columns, tags, owners"
        aria-label="Search the catalog"
        aria-keyshortcuts="/"
        aria-autocomplete="list"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={chosen ? `${list}-${at}` : undefined}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label="Suggestions" className={hits.length > 0 ? "found" : "hidden"}>
        {hits.map((hit, index) => (
          <div
            key={hit.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onMouseDown={(event) => {
              event.preventDefault();
              leave(to.entity(hit.type, hit.fqn));
            }}
            onMouseEnter={() => setAt(index)}
          >
            <Kind type={hit.type} />
            <span className="name">{hit.displayName ?? hit.name}</span>
            <span className="why">{reason(hit)}</span>
          </div>
        ))}
      </div>
      <span className="hidden" role="status">
        {open && load.value ? counted(load.value.total, "result") : ""}
      </span>
    </form>
  );
}

function reason(hit: Hit): string {
  const match = hit.matched[0];
  if (!match || match.field === "name") return hit.service ?? "";
  return match.field === "fqn" ? match.value : `${match.field} ${match.value}`;
}
