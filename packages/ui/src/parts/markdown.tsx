import { lazy, Suspense } from "react";

/** Without the renderer the text is shown as it is. */
function Unrendered({ text }: { readonly text: string; readonly inline?: boolean }) {
  return <span className="prose">{text}</span>;
}

// Parsing Markdown takes more code than many a page; it comes when there is a description.
const MarkdownText = lazy(() => import("./markdown-text.tsx").catch(() => ({ default: Unrendered })));

/** A description: OpenMetadata's are Markdown. Inline: only the words with their emphasis, for lists. */
export function Markdown({ text, inline = false }: { readonly text: string; readonly inline?: boolean }) {
  return (
    <Suspense fallback={<Unrendered text={text} />}>
      <MarkdownText text={text} inline={inline} />
    </Suspense>
  );
}
