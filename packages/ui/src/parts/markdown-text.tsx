import Render, { type MarkdownToJSX } from "markdown-to-jsx/react";
import { createElement, Fragment, type ReactNode } from "react";

interface Given {
  readonly href?: unknown;
  readonly title?: unknown;
  readonly alt?: unknown;
  readonly start?: unknown;
  readonly checked?: unknown;
  readonly style?: { readonly textAlign?: "left" | "center" | "right" };
}

type MakeElement = NonNullable<MarkdownToJSX.Options["createElement"]>;

/** Elements that are made as they are, without any attribute. */
const bare: ReadonlySet<string> = new Set(
  "p strong em del code pre blockquote ul li hr br sup thead tbody tr div span footer".split(" "),
);
/** Elements that hold words in a line. */
const wordsOnly: ReadonlySet<string> = new Set(["strong", "em", "del", "code", "sup"]);
/** The page's own headings are h1 and h2, and a panel has room for small ones only. */
const headings: Readonly<Record<string, string>> = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6", h6: "h6" };

/** A wide table is scrolled, also with keys. */
const scrolled = { className: "tablebox", role: "group", tabIndex: 0, "aria-label": "Table of the description" };

/** The address of a link in a description; undefined: only the words are shown. */
export function linkTarget(href: unknown): string | undefined {
  return typeof href === "string" && /^(?:https?:\/\/|mailto:)/i.test(href) ? href : undefined;
}

/**
 * Descriptions come from sources that nobody here has checked: whatever the parser makes, only these elements with these attributes reach
 * the page. Pictures would call other hosts, so that their words stand for them.
 */
const element: MakeElement = (tag, props, ...children) => {
  const given = props as Given & { readonly key?: string };
  const name = typeof tag === "string" ? tag : "";
  const make = (made: string | typeof Fragment, attributes: object = {}): ReactNode =>
    createElement(made, { key: given.key, ...attributes }, ...children);
  if (name === "a") {
    const href = linkTarget(given.href);
    return href === undefined ? make("span") : make("a", { href, target: "_blank", rel: "noreferrer" });
  }
  if (name === "img") return createElement("span", { key: given.key, className: "muted" }, pictureWords(given));
  if (name === "input")
    return createElement(
      "span",
      { key: given.key, role: "img", "aria-label": given.checked === true ? "done" : "open" },
      given.checked === true ? "☑" : "☐",
    );
  if (name === "ol") return make("ol", typeof given.start === "number" ? { start: given.start } : {});
  if (name === "th" || name === "td") return make(name, { style: { textAlign: given.style?.textAlign } });
  if (name === "table") return createElement("div", { key: given.key, ...scrolled }, make("table"));
  const heading = headings[name];
  if (heading !== undefined) return make(heading);
  return make(bare.has(name) ? name : Fragment);
};

/** All in one line: what stands in blocks of its own is parted by blanks. */
const inlineElement: MakeElement = (tag, props, ...children) => {
  const { key, ...given } = props as Given & { readonly key?: string };
  if (tag === "img") return createElement(Fragment, { key }, pictureWords(given));
  if (tag === "input") return undefined;
  if (typeof tag === "string" && wordsOnly.has(tag)) return createElement(tag, { key }, ...children);
  const gap = tag === "a" || tag === "span" ? "" : " ";
  return createElement(Fragment, { key }, gap, ...children, gap);
};

function pictureWords({ alt, title }: Given): string {
  const words = [alt, title].find((one) => typeof one === "string" && one !== "");
  return typeof words === "string" ? words : "picture";
}

const options = {
  disableParsingRawHTML: true,
  // Three dashes at the start would hide what follows.
  disableFrontmatter: true,
  forceBlock: true,
  wrapper: null,
} satisfies MarkdownToJSX.Options;

/** Markdown as elements of React; raw HTML stays text. Loaded by `markdown.tsx`. */
export default function MarkdownText({ text, inline = false }: { readonly text: string; readonly inline?: boolean }) {
  const Box = inline ? "span" : "div";
  return (
    <Box className={inline ? undefined : "markdown"}>
      <Render options={{ ...options, createElement: inline ? inlineElement : element }}>{text}</Render>
    </Box>
  );
}
