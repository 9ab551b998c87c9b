import { describe, expect, test } from "@jest/globals";
import { renderToStaticMarkup } from "react-dom/server";
import MarkdownText, { linkTarget } from "./markdown-text.tsx";

function block(text: string): string {
  const [, inner = ""] =
    /^<div class="markdown">(.*)<\/div>$/s.exec(renderToStaticMarkup(<MarkdownText text={text} />)) ?? [];
  return inner;
}

describe("what a description may say", () => {
  test.each([
    ["plain words", "<p>plain words</p>"],
    ["**b** _i_ `c` ~~d~~", "<p><strong>b</strong> <em>i</em> <code>c</code> <del>d</del></p>"],
    ["# Orders", "<h3>Orders</h3>"],
    ["###### Small", "<h6>Small</h6>"],
    ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
    ["3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'],
    ["> q", "<blockquote><p>q</p></blockquote>"],
    ["```sql\nselect 1\n```", "<pre><code>select 1</code></pre>"],
    ["a_b_c and x &amp; y", "<p>a_b_c and x &amp; y</p>"],
    [
      "[wiki](https://wiki.example.org/x)",
      '<p><a href="https://wiki.example.org/x" target="_blank" rel="noreferrer">wiki</a></p>',
    ],
    ["<mailto:ann@x.io>", '<p><a href="mailto:ann@x.io" target="_blank" rel="noreferrer">mailto:ann@x.io</a></p>'],
    ["https://x.io", '<p><a href="https://x.io" target="_blank" rel="noreferrer">https://x.io</a></p>'],
  ])("%j", (text, html) => {
    expect(block(text)).toBe(html);
  });

  test("tables are scrolled in a box of their own; ticks have names", () => {
    const html = block("| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] did\n- [ ] will");
    expect(html).toMatch(/^<div class="tablebox" role="group" tabindex="0" aria-label="[^"]+"><table>/);
    expect(html).toContain('<td style="text-align:right">2</td>');
    expect(html).toContain('<span role="img" aria-label="done">☑</span>');
    expect(html).toContain('<span role="img" aria-label="open">☐</span>');
    expect(html).not.toContain("<input");
  });

  test("three dashes at the start hide nothing", () => {
    expect(block("---\nowner: ann\n---\nhello")).toMatch(/owner: ann/);
  });
});

describe("what a description must not do", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "words <b onclick=alert(1)>raw</b> words",
    "<iframe src='x'></iframe>",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<!-- gone -->",
    "<div>\n\n<object data=x>\n\n</div>",
    "# <i onmouseover=alert(1)>h</i>",
    "| <u>a</u> |\n|---|\n| <script>1</script> |",
  ])("%j stays text", (text) => {
    const html = block(text);
    const words = text.replaceAll(/\s+/g, " ").match(/<[^>]*>/g) ?? [];
    expect(html).not.toMatch(/<(?:script|img|b|i|u|iframe|svg|style|object|!--)/i);
    for (const word of words)
      expect(html.replaceAll(/\s+/g, " ")).toContain(
        word.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("'", "&#x27;"),
      );
  });

  test.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\u0001javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](/entity/table/a)",
    "[x](//other.example)",
    "[x][1]\n\n[1]: javascript:alert(1)",
  ])("%j is no link", (text) => {
    expect(block(text)).toBe("<p><span>x</span></p>");
  });

  test.each(["![p](https://x.io/p.png)", "![p][1]\n\n[1]: https://x.io/p.png", '![](https://x.io/p.png "p")'])(
    "%j calls no other host",
    (text) => {
      expect(block(text)).toBe('<p><span class="muted">p</span></p>');
    },
  );

  test("footnotes bring no names that could stand twice on the page", () => {
    expect(block("a[^1]\n\n[^1]: note")).not.toMatch(/ id=| href=/);
  });

  test.each(["*", "_", "[", "![", "`", "> ", "- ", "~~", "<", "(", "[a](", "**a", "|"])(
    "a long line of %j ends, and breaks nothing",
    (mark) => {
      expect(block(`${mark.repeat(5000)}\n\nend`)).toContain("end");
    },
  );
});

test.each([
  ["https://x.io", "https://x.io"],
  ["HTTP://x.io", "HTTP://x.io"],
  ["mailto:a@b.c", "mailto:a@b.c"],
  [" javascript:alert(1)//https://x.io", undefined],
  ["javascript:'https://x.io'", undefined],
  ["httpsx:a", undefined],
  ["http:a", undefined],
  [undefined, undefined],
  [7, undefined],
])("the address %j leads to %j", (href, target) => {
  expect(linkTarget(href)).toBe(target);
});

test("in a line: words with their emphasis, no blocks and no links", () => {
  const html = renderToStaticMarkup(
    <MarkdownText
      inline
      text={
        "# Orders\n\nOne **row**, see [wiki](https://x.io)\n\n- a\n- b\n  1. c\n\n![p](https://x.io/p)\n\n<b>raw</b>"
      }
    />,
  );
  expect(html.replaceAll(/\s+/g, " ").replaceAll(" </span>", "</span>").replaceAll("<span> ", "<span>")).toBe(
    "<span>Orders One <strong>row</strong>, see wiki a b c p &lt;b&gt;raw&lt;/b&gt;</span>",
  );
});
