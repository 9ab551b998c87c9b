import { describe, expect, test } from "@jest/globals";
import { groupUnresolved, unresolvedText } from "./unresolved-text.ts";

const edges = [
  { from: "postgres://h/db/public/orders", to: "wh.a", reason: "no service", nearest: [] },
  { from: "s3://bucket/in", to: "wh.b", reason: "no container", nearest: ["s3.bucket.inbox", "s3.bucket.in2"] },
  { from: "s3://bucket/out", to: "wh.c", reason: "no container", nearest: [] },
];

describe("unresolved edges", () => {
  test("are grouped by reason, the most frequent first, with the nearest names", () => {
    expect(unresolvedText(groupUnresolved(edges), 100)).toBe(
      [
        "no container (2 edges)",
        "  s3://bucket/in → wh.b",
        "      nearest: s3.bucket.inbox, s3.bucket.in2",
        "  s3://bucket/out → wh.c",
        "",
        "no service (1 edge)",
        "  postgres://h/db/public/orders → wh.a",
      ].join("\n"),
    );
  });

  test("of one name, at either end and in any case", () => {
    expect(groupUnresolved(edges, "S3://BUCKET/IN").flatMap((group) => group.edges)).toEqual([edges[1]]);
    expect(groupUnresolved(edges, "wh.a").map((group) => group.reason)).toEqual(["no service"]);
    expect(groupUnresolved(edges, "nothing")).toEqual([]);
    expect(unresolvedText([], 100)).toBe("");
  });
});
