import { useEffect, type ReactNode } from "react";
import { Breakable } from "./breakable.tsx";

/** Sets the tab's title and lays out the head of a page. */
export function PageHead(props: {
  readonly title: string;
  readonly documentTitle?: string;
  readonly before?: ReactNode;
  readonly marks?: ReactNode;
  readonly under?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const { title, documentTitle = title } = props;
  useEffect(() => {
    document.title = documentTitle === "omd" ? "omd" : `${documentTitle} · omd`;
  }, [documentTitle]);
  return (
    <div className="titles">
      <div className="title">
        {props.before}
        <h1>
          <Breakable text={title} />
        </h1>
        {props.marks}
        {props.actions === undefined ? undefined : <div className="actions">{props.actions}</div>}
      </div>
      {props.under === undefined ? undefined : <div className="under">{props.under}</div>}
    </div>
  );
}

/** A titled box. */
export function Panel(props: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section className="panel">
      <header>
        <h2>{props.title}</h2>
        {props.aside === undefined ? undefined : <span className="aside">{props.aside}</span>}
      </header>
      {props.flush === true ? props.children : <div className="body">{props.children}</div>}
    </section>
  );
}
