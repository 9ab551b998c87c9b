import { describe, expect, test } from "@jest/globals";
import { CatalogError, OmdError } from "@omd/core";
import { HttpError } from "@omd/http";
import {
  catalogFailure,
  messageOf,
  saysEntityMissing,
  serverMessage,
  statusOf,
  unexpectedAnswer,
  wasAborted,
} from "./failure.ts";

const refused = (status: number, bodyStart?: string): HttpError =>
  new HttpError("ERR_HTTP_STATUS", `GET http://om.test answered ${String(status)}`, {
    advice: "abort",
    status,
    ...(bodyStart === undefined ? {} : { bodyStart }),
  });

describe("the server's own words", () => {
  test.each([
    ['{"code":404,"message":"table instance for a.b not found"}', "table instance for a.b not found"],
    ['{"responseMessage":"Old form"}', "Old form"],
    [String.raw`{"code":400,"message":"Invalid \"x\"\nname"}`, 'Invalid "x"\nname'],
    ['{"code":500,"message":"cut in the mid', "cut in the mid"],
    ["Credentials are required", "Credentials are required"],
    ['{"detail":1}', '{"detail":1}'],
  ])("%s", (body, message) => {
    expect(serverMessage(body)).toBe(message);
  });

  test("a page for a browser is not shown", () => {
    expect(serverMessage("  <!doctype html><html>secret</html>")).toBeUndefined();
    expect(serverMessage("")).toBeUndefined();
    expect(messageOf(refused(502, "<html>"))).toBe("GET http://om.test answered 502");
  });
});

describe("catalogFailure", () => {
  test.each([
    [400, /field that the message names/],
    [401, /ingestion bot's token/],
    [403, /role whose policy/],
    [404, /does not exist/],
    [405, /does not know this operation/],
    [409, /has this name/],
    [412, /changed the entity/],
    [413, /body limit/],
    [415, /content type/],
    [429, /limits the rate/],
    [500, /its log says why/],
    [507, /its log says why/],
    [503, /run again later/],
    [302, /redirects/],
  ])("%d has a hint", (status, hint) => {
    const error = catalogFailure("write table a", refused(status, '{"message":"no"}'));
    expect(error).toBeInstanceOf(CatalogError);
    expect(error.status).toBe(status);
    expect(error.code).toBe(status === 404 ? "OMD_CATALOG_NOT_FOUND" : "OMD_CATALOG");
    expect(error.message).toBe(`Could not write table a (HTTP ${String(status)}): no`);
    expect(error.hint).toMatch(hint);
  });

  test.each([
    ["ERR_NETWORK", /reachable/],
    ["ERR_TIMEOUT", /in time/],
    ["ERR_DEADLINE", /in time/],
    ["ERR_NOT_JSON", /ends in \/api/],
    ["ERR_SHAPE", /server's version/],
  ] as const)("%s has a hint and no status", (code, hint) => {
    const error = catalogFailure("read", new HttpError(code, "boom", { advice: "abort" }));
    expect(error.status).toBeUndefined();
    expect(error.hint).toMatch(hint);
    expect(error.message).toBe("Could not read: boom");
  });

  test("an unknown status has no hint, other errors keep their text and cause", () => {
    expect(catalogFailure("read", refused(418)).hint).toBeUndefined();
    const cause = new TypeError("odd");
    const error = catalogFailure("read", cause);
    expect(error.message).toBe("Could not read: odd");
    expect(error.cause).toBe(cause);
    expect(catalogFailure("read", "text").message).toBe("Could not read: text");
  });

  test("an error of ours is not wrapped twice", () => {
    const known = new CatalogError("first", { status: 404 });
    expect(catalogFailure("again", known)).toBe(known);
    const other = catalogFailure("again", new OmdError("OMD_CONNECTION", "no line", { hint: "plug in" }));
    expect(other).toBeInstanceOf(CatalogError);
    expect([other.message, other.hint]).toEqual(["no line", "plug in"]);
  });
});

test("an entity that is missing is told from a route that is missing", () => {
  expect(saysEntityMissing(refused(404, '{"code":404,"message":"pipeline instance for x not found"}'))).toBe(true);
  expect(saysEntityMissing(refused(404, '{"code":404,"message":"HTTP 404 Not Found"}'))).toBe(false);
  expect(saysEntityMissing(refused(500, "pipeline instance for x not found"))).toBe(false);
  expect(statusOf(new Error("x"))).toBeUndefined();
});

test("a stopped run is known, wrapped or not", () => {
  const aborted = new HttpError("ERR_ABORTED", "stopped", { advice: "abort" });
  expect(wasAborted(aborted)).toBe(true);
  expect(wasAborted(catalogFailure("write", aborted))).toBe(true);
  expect(wasAborted(catalogFailure("write", refused(500)))).toBe(false);
  expect(wasAborted(new Error("ERR_ABORTED"))).toBe(false);
});

test("an answer that was accepted and is none", () => {
  const error = unexpectedAnswer("read x", 404, "<html>");
  expect(error.message).toBe("Could not read x (HTTP 404): the answer is not OpenMetadata's");
  expect(error.hint).toBeDefined();
});
