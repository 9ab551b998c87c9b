import { expect, test } from "@jest/globals";
import { Fields, type Raw } from "./fields.ts";
import { metricWords } from "./older-metrics.ts";

function words(raw: Raw, notes: string[] = []) {
  return metricWords(new Fields(raw, "metrics", (note) => notes.push(note)));
}

const template = { where_sql_template: "{{ Dimension('taking__kind') }} = 'daily'" };
const today = { where_filters: [template] };

test("the one filter of dbt 1.6 is a list of one, wherever a metric may have one", () => {
  const typeParams = (filter: unknown) => ({
    measure: { name: "amount", filter },
    numerator: { name: "a", filter },
    metrics: [{ name: "b", filter, alias: "c" }, { name: "d", filter: null }, "e"],
    expr: "a / b",
    window: { count: 7, granularity: "day" },
  });
  expect(words({ type_params: typeParams(template), filter: template })).toEqual({
    typeParams: typeParams(today),
    filter: today,
    timeGranularity: undefined,
  });
});

test("what newer versions write stays as it is", () => {
  const raw = {
    type_params: { measure: { name: "amount", filter: today }, metrics: [] },
    filter: today,
    time_granularity: "week",
  };
  expect(words(raw)).toEqual({ typeParams: raw.type_params, filter: today, timeGranularity: "week" });
});

test.each([
  ["the finest of several grains", { time_grains: ["year", "week", "month"] }, "week", {}],
  ["no grain that is known", { time_grains: ["all_time"] }, undefined, {}],
  ["no grains", { time_grains: [] }, undefined, {}],
  ["a window", { window: { count: 14, period: "day" } }, undefined, { window: { count: 14, granularity: "day" } }],
  ["a window of nothing", { window: { count: null, period: null } }, undefined, {}],
  ["no window", { window: null }, undefined, {}],
])("before dbt 1.6: %s", (_what, raw, timeGranularity, typeParams) => {
  const notes: string[] = [];
  expect(words(raw, notes)).toEqual({ typeParams, filter: {}, timeGranularity });
  expect(notes).toEqual([]);
});

test("what is of another kind is left out and said", () => {
  const notes: string[] = [];
  expect(words({ window: "14 days", time_grains: 7, filter: "a > 1" }, notes)).toEqual({
    typeParams: {},
    filter: {},
    timeGranularity: undefined,
  });
  expect(notes).toHaveLength(3);
});
