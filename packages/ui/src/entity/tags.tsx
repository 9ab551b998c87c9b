import { Breakable } from "../parts/breakable.tsx";
import { Link } from "../parts/link.tsx";
import { to } from "../routes.ts";
import { text, type Json } from "./entity-fields.ts";

/** Tags as links to everything that has them. */
export function Tags({ tags }: { readonly tags: readonly Json[] }) {
  return (
    <span className="chips">
      {tags.map((tag) => {
        const name = text(tag, "tagFQN") ?? text(tag, "name") ?? "";
        return (
          <Link key={name} className="chip" href={to.search({ tag: name })} title={text(tag, "description")}>
            <Breakable text={name} />
          </Link>
        );
      })}
    </span>
  );
}
