import { describe, expect, test } from "@jest/globals";
import { left, right, type Source, type SourceClass, type SourceContext } from "@omd/core";
import { fqnOf, type MetadataRecord } from "@omd/schema";
import { z } from "zod";
import { collectSource, outcomeOf } from "./collect.ts";

const record: MetadataRecord = {
  kind: "entity",
  entityType: "pipeline",
  request: { name: "p", service: fqnOf("svc") },
};

function sourceOf(make: (context: SourceContext) => Source): SourceClass {
  return { create: (_config, context) => make(context) };
}

describe("collectSource", () => {
  test("hands over records, failures, scopes and what was said", async () => {
    const collected = await collectSource(
      sourceOf((context) => ({
        *iter() {
          context.warn("p", "odd");
          context.filtered("q", "pattern");
          context.log.info("hello");
          context.secret("a-long-secret");
          const scope = context.ledger.open("x/dags");
          scope.announced(1);
          scope.received(1);
          scope.saw(fqnOf("svc", "p"));
          scope.complete();
          yield right(record);
          yield left({ name: "r", error: "could not be read" });
        },
      })),
    );
    expect(collected).toMatchObject({
      records: [record],
      failures: [{ name: "r", error: "could not be read" }],
      scopes: [{ name: "x/dags", state: "complete", rows: 1, seen: 1, deletes: false }],
      warnings: [{ name: "p", reason: "odd" }],
      filtered: [{ name: "q", reason: "pattern" }],
      log: [{ level: "info", message: "hello" }],
      secrets: ["a-long-secret"],
      problems: [],
      complete: false,
    });
    expect(outcomeOf(collected)).toMatchObject({ exitCode: 3, seen: ["pipeline p"] });
  });

  test("a scope that is left open is not complete", async () => {
    const collected = await collectSource(
      sourceOf((context) => ({
        *iter() {
          context.ledger.open("x/dags");
          yield right(record);
        },
      })),
    );
    expect(collected.scopes).toMatchObject([
      { state: "failed", reasons: ["the source ended without ending its scope"] },
    ]);
    expect(collected.complete).toBe(false);
  });

  test.each(["create", "prepare", "iter", "close"])(
    "an error in %s is caught, and close is still called",
    async (where) => {
      let closed = 0;
      const fail = (here: string): void => {
        if (here === where) throw new Error(`broken in ${here}`);
      };
      const collected = await collectSource({
        create() {
          fail("create");
          return {
            prepare: () => Promise.resolve(fail("prepare")),
            *iter() {
              yield right(record);
              fail("iter");
            },
            close: () => {
              closed += 1;
              return Promise.resolve(fail("close"));
            },
          };
        },
      });
      expect(collected.thrown).toEqual(new Error(`broken in ${where}`));
      expect(collected.failures).toHaveLength(1);
      expect(collected.complete).toBe(false);
      expect(closed).toBe(where === "create" ? 0 : 1);
    },
  );

  test("gives the source the world that was described", async () => {
    const table = { entityType: "table" as const, fqn: fqnOf("db", "t") };
    const collected = await collectSource(
      {
        create: (config, context) => ({
          async *iter() {
            const { host } = config.parseConnection(z.object({ host: z.string() }));
            const found = await context.resolver.dataset("s3://a/b");
            const missing = await context.resolver.dataset("s3://a/c");
            const marks = [...context.marks.withPrefix("run/")].map(({ key }) => key).join();
            context.marks.forget("run/a");
            const known = await context.known("table", table.fqn);
            yield left({
              name: host,
              error: [found.kind, missing.kind, marks, known, context.marks.get("x")].join(" "),
            });
          },
        }),
      },
      {
        connection: { host: "h" },
        datasets: { "s3://a/b": table },
        marks: { "run/b": "2", "run/a": "1", x: "3" },
        known: [table.fqn],
      },
    );
    expect(collected.failures).toEqual([{ name: "h", error: "resolved unresolved run/a,run/b true 3" }]);
    expect(collected.forgotten).toEqual(["run/a"]);
  });

  test("a connection that the connector's schema refuses ends the run", async () => {
    const collected = await collectSource({
      create: (config) => {
        config.parseConnection(z.object({ host: z.string() }));
        return { iter: () => [] };
      },
    });
    expect(collected.thrown).toBeInstanceOf(z.ZodError);
  });

  test("a source that never ends is ended at the deadline", async () => {
    const collected = await collectSource(
      sourceOf(() => ({
        async *iter() {
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            yield right(record);
          }
        },
      })),
      { deadlineMs: 100 },
    );
    expect(collected.thrown).toMatchObject({ name: "TimeoutError" });
    expect(collected.records.length).toBeGreaterThan(0);
  });
});
