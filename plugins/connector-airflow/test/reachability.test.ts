import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { isOmdError, OmdError } from "@omd/core";
import { createHttpRuntime, HttpError, type HttpRuntime } from "@omd/http";
import nock from "nock";
import { AirflowClient } from "../src/client.ts";
import { reachable } from "../src/reachability.ts";
import { testSteps } from "../src/test-steps.ts";

let runtime: HttpRuntime;

beforeEach(() => {
  nock.disableNetConnect();
  runtime = createHttpRuntime({ defaults: { retry: { limit: 0 }, timeoutMs: 300 } });
});
afterEach(async () => {
  await runtime.close();
  nock.cleanAll();
  nock.enableNetConnect();
});

/** What `omd check` shows of the first step. */
async function checked(hostPort: string): Promise<OmdError> {
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const context = { http: runtime.client.bind(runtime), secret: silent, log };
  const credentials = { kind: "basic", username: "u", password: "p" } as const;
  const options = { hostPort, apiVersion: "auto", sessionLogin: "auto", verifySSL: true, credentials } as const;
  const [first] = testSteps(() => AirflowClient.connect(options, context));
  try {
    await first?.run();
  } catch (thrown) {
    if (isOmdError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("the step passed");
}

describe("a check of an Airflow that cannot be reached says what to do", () => {
  const host = "http://airflow.test:8080";
  const failing = (code: string, message: string) =>
    nock(host)
      .persist()
      .get(/.*/u)
      .replyWithError(Object.assign(new Error(message), { code }));

  test.each([
    ["ECONNREFUSED", "connect ECONNREFUSED 10.0.0.1:8080", "Nothing listens"],
    ["ENOTFOUND", "getaddrinfo ENOTFOUND airflow.test", "DNS"],
    ["EPROTO", "SSL routines: wrong version number", "http://"],
    ["ECONNRESET", "socket hang up", "https://"],
  ])("%s", async (code, message, hint) => {
    failing(code, message);
    const error = await checked(host);
    expect([error.code, error.hint]).toEqual(["OMD_CONNECTION", expect.stringContaining(hint)]);
    expect(error.message).toContain(code);
  });

  test("no answer", async () => {
    nock(host).persist().get(/.*/u).delay(2000).reply(200, {});
    expect((await checked(host)).hint).toContain("in time");
    nock.abortPendingRequests();
  });

  test.each([
    [302, "hostPort"],
    [429, "later"],
    [503, "/health"],
  ])("an answer of %i", async (status, hint) => {
    nock(host).persist().get(/.*/u).reply(status, "", { location: "https://elsewhere.test/" });
    const error = await checked(host);
    expect([error.status, error.hint]).toEqual([status, expect.stringContaining(hint)]);
  });
});

describe("reachable", () => {
  const failure = (message: string, code: HttpError["code"] = "ERR_NETWORK") => {
    const url = "http://proxy-certificate.test/api";
    return new HttpError(code, `airflow: GET ${url} failed: ${message}`, { advice: "abort", url });
  };

  test.each([
    ["unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)", "NODE_EXTRA_CA_CERTS"],
    ["self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)", "verifySSL"],
    ["Hostname/IP does not match certificate's altnames (ERR_TLS_CERT_ALTNAME_INVALID)", "verifySSL"],
    ["the tunnel was refused (ERR_PROXY_TUNNEL)", "NO_PROXY"],
    ["getaddrinfo ENOTFOUND airflow.example", "DNS"],
    ["getaddrinfo EAI_AGAIN airflow.example", "DNS"],
    ["connect EHOSTUNREACH 10.0.0.1:80", "firewalls"],
    ["something new", "Check hostPort"],
  ])("%s", (message, hint) => {
    expect(reachable(failure(message))).toMatchObject({ code: "OMD_CONNECTION", hint: expect.stringContaining(hint) });
  });

  test("leaves alone what is no matter of reaching", () => {
    const others = [
      failure("stopped", "ERR_ABORTED"),
      failure("unknown", "ERR_REPLAY"),
      new HttpError("ERR_NOT_FOUND", "404", { advice: "skip", status: 404 }),
      new OmdError("OMD_PERMISSION", "no"),
      new Error("else"),
      "text",
    ];
    for (const other of others) expect(reachable(other)).toBe(other);
  });
});
