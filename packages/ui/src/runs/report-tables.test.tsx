import { expect, test } from "@jest/globals";
import { renderToStaticMarkup } from "react-dom/server";
import type { RunReport } from "../report-type.ts";
import { Writes } from "./report-tables.tsx";

test("what was written is counted by record, and the page says how that differs from the list of changes", () => {
  const report = {
    writes: { created: 1049, updated: 4, unchanged: 0, restored: 0, deleted: 2 },
    failureCount: 3,
  } as RunReport;
  const html = renderToStaticMarkup(<Writes report={report} />);
  const figures = [...html.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => `${name} ${value}`);
  expect(figures).toEqual(["created 1,049", "updated 4", "unchanged 0", "restored 0", "deleted 2", "failures 3"]);
  expect(html).toMatch(/Each record .* counts: entities, lineage edges, .* Changes counts entities only, each once\./);
});
