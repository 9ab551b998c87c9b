import { expect, test } from "@jest/globals";
import { svgOf } from "./drawing.ts";
import type { Scene } from "./scene.ts";

const place = { x: 0, y: 0, width: 208, height: 52 };
const entity = { type: "table", deleted: false, moreUpstream: 0, moreDownstream: 0 };
const scene: Scene = {
  boxes: new Map([
    ["a", { ...place, id: "a", node: { ...entity, id: "a", name: 'a<b>&"c"', fqn: "s.a" } }],
    [
      "e",
      {
        ...place,
        x: 300,
        id: "e",
        end: { id: "e", near: "a", side: "downstream", name: "s3://gone", reason: "r", nearest: [] },
      },
    ],
  ]),
  lines: [{ id: "l", kind: "unresolved", source: "a", target: "e", from: { x: 208, y: 26 }, to: { x: 300, y: 26 } }],
  width: 508,
  height: 52,
};

test("the picture holds all boxes and lines, names are escaped, what is not in the catalog is dashed", async () => {
  const svg = await svgOf(scene, "a").text();
  expect(svg).toContain("a&lt;b&gt;&amp;&quot;c&quot;");
  expect(svg).toContain("s3://gone");
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  expect(svg).toContain('<polygon points="300,26 292,22 292,30" fill="#85898c"/>');
  expect(svg).toContain('viewBox="-24 -24 556 100"');
});
