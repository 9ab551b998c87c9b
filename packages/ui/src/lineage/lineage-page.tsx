import { Link } from "../parts/link.tsx";
import { Kind } from "../parts/marks.tsx";
import { PageHead } from "../parts/page.tsx";
import { to } from "../routes.ts";
import LineageView from "./lineage-view.tsx";

/** The lineage of an entity on a page of its own. */
export default function LineagePage({ type, fqn }: { readonly type: string; readonly fqn: string }) {
  return (
    <>
      <PageHead
        title={`Lineage of ${fqn}`}
        before={<Kind type={type} />}
        actions={
          <Link className="button" href={to.entity(type, fqn)}>
            Open entity
          </Link>
        }
      />
      <LineageView type={type} fqn={fqn} />
    </>
  );
}
