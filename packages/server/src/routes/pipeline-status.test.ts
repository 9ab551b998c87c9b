import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
const path = `/pipelines/${encodeURIComponent('"my.pipes".daily')}/status`;
beforeEach(async () => {
  server = openTestApp();
  await server.call("PUT", "/services/pipelineServices", { name: "my.pipes", serviceType: "Airflow" });
  const pipeline = { name: "daily", service: "my.pipes", tasks: [{ name: "load" }] };
  expect((await server.call("PUT", "/pipelines", pipeline)).status).toBe(201);
});
afterEach(() => server.close());

const status = (timestamp: number, executionStatus = "Successful") => ({ timestamp, executionStatus });
const list = async (query: string) => {
  const { body } = await server.call("GET", `${path}?${query}`);
  const { data, paging } = body as { data: { timestamp: number }[]; paging: { total: number; after?: string } };
  return { times: data.map(({ timestamp }) => timestamp), paging };
};

test("a run is put and stands on the pipeline, whose version stays", async () => {
  const put = await server.call("PUT", path, {
    ...status(5),
    taskStatus: [{ name: "load", executionStatus: "Successful" }],
  });
  expect(put).toMatchObject({ status: 200, body: { name: "daily", version: 0.1, pipelineStatus: { timestamp: 5 } } });
  await server.call("PUT", path, status(5, "Failed"));
  expect((await server.call("GET", `${path}?startTs=0&endTs=9`)).body["data"]).toEqual([status(5, "Failed")]);
});

test("many runs go in one call; a wrong one among them stops all", async () => {
  expect((await server.call("PUT", `${path}/bulk`, [status(1), status(2), status(3)])).status).toBe(200);
  expect((await list("startTs=2&endTs=3")).times).toEqual([3, 2]);
  const strange = { ...status(5), taskStatus: [{ name: "guess", executionStatus: "Failed" }] };
  const refused = await server.call("PUT", `${path}/bulk`, [status(4), strange]);
  expect(refused).toMatchObject({ status: 400, body: { code: 400, message: "Invalid task name guess" } });
  for (const wrong of [[], {}, [{ timestamp: 1 }], Array.from({ length: 1001 }, (_, at) => status(at))])
    expect((await server.call("PUT", `${path}/bulk`, wrong)).status).toBe(400);
  expect((await list("startTs=0&endTs=9999")).times).toEqual([3, 2, 1]);
});

test("a task without a name is passed over, the run is not lost", async () => {
  const load = { name: "load", executionStatus: "Successful" };
  const taskStatus = [{ name: "", executionStatus: "Failed" }, load, { name: "  ", executionStatus: "Skipped" }];
  expect((await server.call("PUT", path, { ...status(5), taskStatus })).status).toBe(200);
  expect((await server.call("PUT", `${path}/bulk`, [{ ...status(6), taskStatus }, status(7)])).status).toBe(200);
  const { data } = (await server.call("GET", `${path}?startTs=0&endTs=9`)).body as { data: object[] };
  expect(data).toEqual([status(7), { ...status(6), taskStatus: [load] }, { ...status(5), taskStatus: [load] }]);
  for (const wrong of [[{ executionStatus: "Failed" }], [null], "load", [{ name: 7, executionStatus: "Failed" }]])
    expect((await server.call("PUT", path, { ...status(5), taskStatus: wrong })).status).toBe(400);
});

test("what is null of a run counts as left out", async () => {
  const load = { name: "load", executionStatus: "Failed" };
  const told = { ...status(5), endTime: null, taskStatus: [{ ...load, startTime: null, logLink: null }] };
  expect((await server.call("PUT", path, told)).status).toBe(200);
  expect((await server.call("PUT", `${path}/bulk`, [{ ...status(6), taskStatus: null }])).status).toBe(200);
  const { data } = (await server.call("GET", `${path}?startTs=0&endTs=9`)).body as { data: object[] };
  expect(data).toEqual([status(6), { ...status(5), taskStatus: [load] }]);
});

test("who ran it is named by an id that clients can read", async () => {
  const executedBy = { id: "3f2b8a30-5c1e-4a36-8a44-3b1c7f4b2a11", type: "user", name: "ann" };
  expect((await server.call("PUT", path, { ...status(5), executedBy })).body).toMatchObject({
    pipelineStatus: { executedBy },
  });
  expect((await server.call("PUT", path, { ...status(5), executedBy: { ...executedBy, id: "ann" } })).status).toBe(400);
});

test("what a run read, wrote and failed at is kept", async () => {
  const table = { datasetFQN: "svc.db.main.t", columns: ["id"], rowCount: 3, sizeBytes: 90 };
  const run = {
    ...status(5, "Failed"),
    inputs: [{ ...table, filter: "id > 1" }],
    outputs: [{ ...table, mode: "append", partitions: ["d=1"] }],
    metrics: { totalRowsProcessed: 3, cpuTime: 0.5 },
    error: { errorType: "Timeout", errorMessage: "no answer of http://u:*********@host", failedTask: "load" },
    taskStatus: [
      {
        name: "load",
        executionStatus: "Failed",
        transformationType: "join",
        inputs: [table],
        metrics: { rowsRead: 3 },
      },
    ],
  };
  const sent = { ...run, error: { ...run.error, errorMessage: "no answer of http://u:canary@host" } };
  expect((await server.call("PUT", path, sent)).status).toBe(200);
  expect((await server.call("GET", `${path}?startTs=0&endTs=9`)).body["data"]).toEqual([run]);
  const strange = { ...run, metrics: { guess: 1 } };
  expect((await server.call("PUT", path, strange)).status).toBe(400);
});

test("runs come in pages, newest first", async () => {
  await server.call(
    "PUT",
    `${path}/bulk`,
    [1, 2, 3, 4, 5].map((time) => status(time)),
  );
  const first = await list("startTs=2&endTs=9&limit=3");
  expect([first.times, first.paging.total]).toEqual([[5, 4, 3], 4]);
  const second = await list(`startTs=2&endTs=9&limit=3&after=${first.paging.after ?? ""}`);
  expect([second.times, second.paging]).toEqual([[2], { total: 4 }]);
});

test("times are asked for, and must be such", async () => {
  for (const query of ["", "startTs=1", "startTs=1&endTs=soon", "startTs=1&endTs=2&after=%21"])
    expect(await server.call("GET", `${path}?${query}`)).toMatchObject({ status: 400, body: { code: 400 } });
});

test("a run is deleted by its time", async () => {
  await server.call("PUT", `${path}/bulk`, [status(1), status(2)]);
  expect((await server.call("DELETE", `${path}/2`)).body).toMatchObject({ pipelineStatus: { timestamp: 1 } });
  expect((await server.call("DELETE", `${path}/2`)).status).toBe(404);
  expect((await server.call("DELETE", `${path}/soon`)).status).toBe(400);
  expect((await list("startTs=0&endTs=9")).times).toEqual([1]);
});

test("a pipeline that is not there answers 404", async () => {
  const body = { code: 404, message: "pipeline instance for my.daily not found" };
  expect(await server.call("PUT", "/pipelines/my.daily/status", status(1))).toMatchObject({ status: 404, body });
  expect((await server.call("GET", "/pipelines/my.daily/status?startTs=0&endTs=1")).status).toBe(404);
});
