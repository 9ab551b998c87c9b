import { to } from "../routes.ts";
import { Breakable } from "./breakable.tsx";
import { Kind } from "./marks.tsx";
import { Link } from "./link.tsx";

/** Kind and name of an entity, leading to its page. */
export function EntityLink(props: {
  readonly type: string;
  readonly fqn: string;
  readonly name?: string | undefined;
  readonly withKind?: boolean;
}) {
  return (
    <>
      {props.withKind === false ? undefined : (
        <>
          <Kind type={props.type} />{" "}
        </>
      )}
      <Link href={to.entity(props.type, props.fqn)}>
        <Breakable text={props.name ?? props.fqn} />
      </Link>
    </>
  );
}
