import { expect, test } from "@jest/globals";
import { replay, type Recorded, type Replayed } from "./replay.ts";

const then = "11111111-1111-4111-8111-111111111111";
const now = "22222222-2222-4222-8222-222222222222";
const sound = { check: (): string[] => [] };

function recorded(method: string, path: string, more: Partial<Recorded>): Recorded {
  return { method, path, query: "", status: 200, ...more };
}

test("ids and cursors of the recorded server become those of this one", async () => {
  const sent: unknown[] = [];
  const answers: Replayed[] = [
    { status: 200, answer: { data: [{ id: now, name: "t" }], paging: { total: 1, after: "bmV3" } } },
    { status: 200, answer: {} },
    { status: 200, answer: {} },
  ];
  const findings = await replay(
    [
      recorded("GET", "/api/v1/tables", { answer: { data: [{ id: then }], paging: { total: 1, after: "b2xk" } } }),
      recorded("GET", "/api/v1/tables", { query: "limit=1&after=b2xk", answer: {} }),
      recorded("PUT", `/api/v1/tables/${then}/dataModel`, { body: { owner: then }, answer: {} }),
    ],
    async ({ url, body }) => {
      sent.push([url, body]);
      return answers.shift() ?? { status: 500, answer: undefined };
    },
    sound,
  );
  expect(findings).toEqual([]);
  expect(sent).toEqual([
    ["/api/v1/tables", undefined],
    ["/api/v1/tables?limit=1&after=bmV3", undefined],
    [`/api/v1/tables/${now}/dataModel`, JSON.stringify({ owner: now })],
  ]);
});

test("another status and what the oracle says are findings", async () => {
  const findings = await replay(
    [recorded("PUT", "/api/v1/tables", { body: { name: "t" }, status: 201, answer: {} })],
    async () => ({ status: 400, answer: { code: 400, message: "no" } }),
    { check: (method, path, status) => [`${method} ${path} ${String(status)} is unsound`] },
  );
  expect(findings).toEqual([
    'PUT /api/v1/tables : 400 instead of 201 {"code":400,"message":"no"}',
    "PUT /api/v1/tables 400 is unsound",
  ]);
});
