import type { Changes } from "../api-types.ts";
import { count, counted } from "../format.ts";
import { EntityLink } from "../parts/entity-link.tsx";
import { Link } from "../parts/link.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty } from "../parts/notice.tsx";

/** Entities that a run created, updated or deleted. */
export function ChangeList({ changes, more }: { readonly changes: Changes; readonly more?: string | undefined }) {
  const { created, updated, deleted, entities } = changes;
  if (created + updated + deleted === 0) return <Empty>Nothing changed.</Empty>;
  const left = created + updated + deleted - entities.length;
  return (
    <div className="changes">
      <p className="muted">
        {count(created)} created, {count(updated)} updated, {count(deleted)} deleted
      </p>
      <ul className="scroll" tabIndex={0} aria-label="Changed entities">
        {entities.map((entity) => (
          <li key={`${entity.id} ${entity.change}`}>
            <Mark state={entity.change} /> <EntityLink type={entity.type} fqn={entity.fqn} />
          </li>
        ))}
      </ul>
      {left > 0 ? (
        <p className="muted">
          {counted(left, "further entity", "further entities")}{" "}
          {more === undefined ? "not listed" : <Link href={more}>in the report</Link>}
        </p>
      ) : undefined}
    </div>
  );
}
