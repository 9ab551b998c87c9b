import { describe, expect, test } from "@jest/globals";
import { parseLinks } from "./link-header.ts";

describe("Link header", () => {
  test.each([
    ["", []],
    ["nonsense", []],
    ["<a>", [{ target: "a", rel: [] }]],
    ["<a>; rel=next", [{ target: "a", rel: ["next"] }]],
    ['<a,b;c>; REL = "Next  prev"', [{ target: "a,b;c", rel: ["next", "prev"] }]],
    [
      '<a>; rel="next", <b>;rel="last"',
      [
        { target: "a", rel: ["next"] },
        { target: "b", rel: ["last"] },
      ],
    ],
    ['<a>; rel="next"; rel="last"', [{ target: "a", rel: ["next"] }]],
    ['<a>; title="say \\"; rel=prev\\""; rel=next', [{ target: "a", rel: ["next"] }]],
    ["<a>; title*=UTF-8'de'n%c3%a4chste; rel=\"next\"", [{ target: "a", rel: ["next"] }]],
  ])("%s", (header, links) => {
    expect(parseLinks(header)).toEqual(links);
  });
});
