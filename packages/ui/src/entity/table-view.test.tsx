import { expect, test } from "@jest/globals";
import { renderToStaticMarkup } from "react-dom/server";
import { Figures } from "./table-view.tsx";

function words(html: string): string {
  return html
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

test("usage tells the count and where it stands among all tables", () => {
  const usage = {
    dailyStats: { count: 42, percentileRank: 97.5 },
    weeklyStats: { count: 300, percentileRank: 0 },
    monthlyStats: { count: 1234 },
    date: "2026-11-21",
  };
  expect(words(renderToStaticMarkup(<Figures profile={undefined} usage={usage} />))).toBe(
    "queries, daily percentile 97.5 42 queries, weekly percentile 0 300 queries, monthly 1,234",
  );
});

test("a profile tells rows, columns and size; without usage there is no word on queries", () => {
  const profile = { rowCount: 0, columnCount: 2, sizeInByte: 1500 };
  expect(words(renderToStaticMarkup(<Figures profile={profile} usage={undefined} />))).toBe(
    "rows 0 columns 2 size 1.5 kB",
  );
});
