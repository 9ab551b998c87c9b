import { Fragment } from "react";

/** A long name that breaks behind its dots, dashes and underscores, not within its words. */
export function Breakable({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=[._/:@-])(?=[^._/:@-])/);
  if (parts.length === 1) return text;
  return parts.map((part, at) => (
    // Parts of a text have no names of their own, and never change places.
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={at}>
      {at === 0 ? undefined : <wbr />}
      {part}
    </Fragment>
  ));
}
