import { expect, test } from "@jest/globals";
import { renderToStaticMarkup } from "react-dom/server";
import type { Entity } from "../api.ts";
import { ColumnProfiles } from "./profile-panel.tsx";

/** Words of the cells, row by row; the first row are the heads. */
function rowsOf(html: string): string[][] {
  return [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = ""]) => cell.replaceAll(/<[^>]+>/g, "")),
  );
}

function shown(entity: Entity): string[][] {
  return rowsOf(renderToStaticMarkup(<ColumnProfiles entity={entity} />));
}

const price = {
  name: "price",
  profile: {
    name: "price",
    timestamp: 1,
    valuesCount: 18_234,
    nullCount: 365,
    nullProportion: 0.0196,
    distinctCount: 1200,
    min: 0.5,
    max: 98_765.4321,
    mean: 12.345678,
  },
};
const kind = {
  name: "kind",
  profile: { name: "kind", timestamp: 1, valuesCount: 18_599, min: "oat", max: "spelt", minLength: 3, maxLength: 5 },
};

test("least, greatest and mean value stand beside counts and nulls", () => {
  expect(shown({ columns: [price] })).toEqual([
    ["Column", "Values", "Nulls", "Distinct", "Min", "Max", "Mean"],
    ["price", "18,234", "2.0 %", "1,200", "0.5", "98,765.43", "12.3457"],
  ]);
});

test("words have a least and a greatest value, too, and lengths; what a column lacks stays empty", () => {
  expect(shown({ columns: [price, kind] })).toEqual([
    ["Column", "Values", "Nulls", "Distinct", "Min", "Max", "Mean", "Length"],
    ["price", "18,234", "2.0 %", "1,200", "0.5", "98,765.43", "12.3457", ""],
    ["kind", "18,599", "", "", "oat", "spelt", "", "3 to 5"],
  ]);
});

test("columns of structures are told too, columns without a profile are not", () => {
  const address = { name: "address", children: [{ name: "city", profile: { distinctCount: 3 } }] };
  expect(shown({ columns: [address, { name: "id" }] })).toEqual([
    ["Column", "Distinct"],
    ["city", "3"],
  ]);
});

test("nulls are counted where their share is not known; zero is a value", () => {
  const profile = { nullCount: 0, min: 0, max: 0, mean: 0 };
  expect(shown({ columns: [{ name: "n", profile }] })).toEqual([
    ["Column", "Nulls", "Min", "Max", "Mean"],
    ["n", "0", "0", "0", "0"],
  ]);
});

test("without any profile there is no panel", () => {
  expect(renderToStaticMarkup(<ColumnProfiles entity={{ columns: [{ name: "id" }] }} />)).toBe("");
  expect(renderToStaticMarkup(<ColumnProfiles entity={{}} />)).toBe("");
});
