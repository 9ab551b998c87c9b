import { useState } from "react";
import { api } from "../api.ts";
import type { FacetName, Hit, SearchAnswer } from "../api-types.ts";
import { count, counted, kind } from "../format.ts";
import { Breakable } from "../parts/breakable.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Link } from "../parts/link.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Mark } from "../parts/marks.tsx";
import { ErrorNotice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page.tsx";
import { go, useAddress } from "../router.ts";
import { to } from "../routes.ts";
import { useLoad } from "../use-load.ts";

const pageSize = 25;
const facets: readonly { readonly name: FacetName; readonly title: string }[] = [
  { name: "type", title: "Kind" },
  { name: "service", title: "Service" },
  { name: "tag", title: "Tag" },
  { name: "owner", title: "Owner" },
];
const shownValues = 12;
/** The server counts no more values of a filter. */
const mostValues = 50;

/** Entities by words in names, FQNs, columns, tasks, tags and owners, narrowed by filters. */
export function SearchPage() {
  const { query } = useAddress();
  const q = query.get("q") ?? "";
  const offset = Math.max(0, Number(query.get("offset")) || 0);
  const chosen = Object.fromEntries(facets.map(({ name }) => [name, query.getAll(name)])) as Record<
    FacetName,
    string[]
  >;
  const load = useLoad(
    query.toString() || "all",
    (signal) => api.search({ q, ...chosen, limit: pageSize, offset }, signal),
    "search",
  );
  const answer = load.value;
  const summary = answer
    ? `${answer.more ? "More than " : ""}${counted(answer.total, "entity", "entities")} found`
    : load.error === undefined
      ? "Searching …"
      : "";
  return (
    <>
      <PageHead title={q ? `Search for “${q}”` : "All entities"} />
      <p className="muted" role="status" aria-live="polite">
        {summary}
      </p>
      {load.error === undefined ? undefined : <ErrorNotice error={load.error} again={load.again} />}
      {answer ? (
        <div className="searched" aria-busy={load.loading}>
          <Filters answer={answer} q={q} chosen={chosen} />
          <Results answer={answer} offset={offset} q={q} chosen={chosen} />
        </div>
      ) : undefined}
    </>
  );
}

interface Chosen {
  readonly q: string;
  readonly chosen: Readonly<Record<FacetName, readonly string[]>>;
}

function Filters({ answer, q, chosen }: Chosen & { readonly answer: SearchAnswer }) {
  const [all, setAll] = useState<readonly FacetName[]>([]);
  const chosenCount = Object.values(chosen).flat().length;
  const toggle = (name: FacetName, value: string) => {
    const values = chosen[name].includes(value)
      ? chosen[name].filter((other) => other !== value)
      : [...chosen[name], value];
    go(to.search({ q, ...chosen, [name]: values }));
  };
  return (
    <details className="filterbox" open={hasRoom()}>
      <summary>Filters{chosenCount > 0 ? `, ${count(chosenCount)} chosen` : ""}</summary>
      <form className="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
        {facets.map(({ name, title }) => {
          const offered = answer.facets[name];
          // A chosen value stays visible also when nothing has it any more.
          const gone = chosen[name].filter((value) => !offered.some((facet) => facet.value === value));
          const values = [...gone.map((value) => ({ value, count: 0 })), ...offered];
          if (values.length === 0) return undefined;
          return (
            <fieldset key={name}>
              <legend>{title}</legend>
              {values
                .filter(({ value }, index) => all.includes(name) || index < shownValues || chosen[name].includes(value))
                .map((facet) => (
                  <label key={facet.value}>
                    <input
                      type="checkbox"
                      checked={chosen[name].includes(facet.value)}
                      onChange={() => toggle(name, facet.value)}
                    />
                    <span>
                      <Breakable text={name === "type" ? kind(facet.value) : facet.value} />
                    </span>
                    <span className="muted">{count(facet.count)}</span>
                  </label>
                ))}
              {!all.includes(name) && values.length > shownValues ? (
                <button
                  type="button"
                  className="bare small"
                  aria-label={`Show ${count(values.length - shownValues)} more of ${title}`}
                  onClick={() => setAll((before) => [...before, name])}
                >
                  Show {count(values.length - shownValues)} more
                </button>
              ) : undefined}
              {values.length >= mostValues && all.includes(name) ? (
                <p className="muted small">The {mostValues} most frequent; search to narrow</p>
              ) : undefined}
            </fieldset>
          );
        })}
      </form>
    </details>
  );
}

/** Beside the results the filters are always open; above them they would hide what was found. */
function hasRoom(): boolean {
  return matchMedia("(min-width: 761px)").matches;
}

function Results({ answer, offset, q, chosen }: Chosen & { readonly answer: SearchAnswer; readonly offset: number }) {
  const page = (start: number) => to.search({ q, ...chosen, ...(start > 0 ? { offset: String(start) } : {}) });
  if (answer.hits.length === 0) {
    return (
      <div className="panel notice">
        <p>
          <strong>Nothing found.</strong> Words are looked for in names, FQNs, columns, tasks, tags and owners. Try
          fewer letters, or take a filter away.
        </p>
      </div>
    );
  }
  return (
    <div className="stack">
      <ol className="panel hits" aria-label="Results">
        {answer.hits.map((hit) => (
          <HitRow key={hit.id} hit={hit} />
        ))}
      </ol>
      {answer.total > pageSize ? (
        <nav className="row" aria-label="Pages">
          {offset > 0 ? <Link href={page(offset - pageSize)}>Previous</Link> : undefined}
          <span className="muted">
            {count(offset + 1)} to {count(Math.min(offset + pageSize, answer.total))} of {count(answer.total)}
          </span>
          {offset + pageSize < answer.total ? <Link href={page(offset + pageSize)}>Next</Link> : undefined}
        </nav>
      ) : undefined}
    </div>
  );
}

function HitRow({ hit }: { readonly hit: Hit }) {
  const elsewhere = hit.matched.filter(({ field }) => field === "column" || field === "task");
  const chip = (field: string, value: string) =>
    hit.matched.some((match) => match.field === field && match.value === value) ? "chip matched" : "chip";
  return (
    <li>
      <div className="row">
        <EntityLink type={hit.type} fqn={hit.fqn} name={hit.displayName ?? hit.name} />
        {hit.deleted ? <Mark state="deleted" /> : undefined}
        <span className="muted small mono">
          <Breakable text={hit.fqn} />
        </span>
      </div>
      {hit.description === undefined ? undefined : (
        <p className="muted clamp">
          <Markdown text={hit.description} inline />
        </p>
      )}
      {elsewhere.length + hit.tags.length + hit.owners.length > 0 ? (
        <p className="chips">
          {elsewhere.slice(0, 4).map(({ field, value }) => (
            <span key={`${field} ${value}`} className="chip matched">
              {field} <b>{value}</b>
            </span>
          ))}
          {hit.tags.slice(0, 4).map((tag) => (
            <Link key={tag} className={chip("tag", tag)} href={to.search({ tag })}>
              <Breakable text={tag} />
            </Link>
          ))}
          {hit.owners.slice(0, 3).map((owner) => (
            <Link key={owner} className={chip("owner", owner)} href={to.search({ owner })}>
              owner {owner}
            </Link>
          ))}
        </p>
      ) : undefined}
    </li>
  );
}
