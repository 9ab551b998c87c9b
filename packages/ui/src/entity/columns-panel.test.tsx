import { expect, test } from "@jest/globals";
import { renderToStaticMarkup } from "react-dom/server";
import { Columns } from "./columns-panel.tsx";

function headsOf(columns: readonly object[]): string[] {
  const html = renderToStaticMarkup(<Columns entity={{ columns }} />);
  return [...html.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/g)].map(([, name = ""]) => name);
}

test("what no column has takes no room", () => {
  expect(headsOf([{ name: "id", dataType: "INT", tags: [], description: "" }])).toEqual(["Name", "Type"]);
});

test("what one column has is shown, also of a column within another", () => {
  expect(
    headsOf([
      { name: "id", dataType: "INT", constraint: "PRIMARY_KEY" },
      { name: "a", dataType: "STRUCT", children: [{ name: "b", dataType: "INT", description: "words" }] },
      { name: "c", dataType: "INT", tags: [{ tagFQN: "PII.None" }] },
    ]),
  ).toEqual(["Name", "Type", "Constraint", "Tags", "Description"]);
});
