import { describe, expect, test } from "@jest/globals";
import { isOmdError, OmdError } from "@omd/core";
import { HttpError, type HttpClient } from "@omd/http";
import { AirflowClient } from "../src/client.ts";
import { reachable } from "../src/reachability.ts";
import { testSteps } from "../src/test-steps.ts";

/** What `omd check` shows of the first step when every call fails so. */
async function checked(failure: HttpError): Promise<OmdError> {
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const fails = (): Promise<never> => Promise.reject(failure);
  const http = (): HttpClient => ({ name: "airflow", baseUrl: "http://airflow.test", request: fails, json: fails });
  const credentials = { kind: "basic", username: "u", password: "p" } as const;
  const options = { apiVersion: "auto", sessionLogin: "auto", verifySSL: true, credentials } as const;
  const [first] = testSteps(() =>
    AirflowClient.connect({ hostPort: "http://airflow.test", ...options }, { http, secret: silent, log }),
  );
  try {
    await first?.run();
  } catch (thrown) {
    if (isOmdError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("the step passed");
}

describe("a check of an Airflow that cannot be reached says what to do", () => {
  test.each([
    ["ERR_NETWORK", "connect ECONNREFUSED 10.0.0.1:8080", "Nothing listens"],
    ["ERR_NETWORK", "getaddrinfo ENOTFOUND airflow.test", "DNS"],
    ["ERR_NETWORK", "write EPROTO SSL routines: wrong version number", "http://"],
    ["ERR_NETWORK", "socket hang up (ECONNRESET)", "https://"],
    ["ERR_TIMEOUT", "no full answer within 500 ms", "in time"],
    ["ERR_DEADLINE", "no time is left", "in time"],
  ] as const)("%s %s", async (code, message, hint) => {
    const error = await checked(new HttpError(code, message, { advice: "retry" }));
    expect([error.code, error.message, error.hint]).toEqual(["OMD_CONNECTION", message, expect.stringContaining(hint)]);
  });

  test.each([
    [302, "hostPort"],
    [429, "later"],
    [503, "/health"],
  ])("an answer of %i", async (status, hint) => {
    const error = await checked(new HttpError("ERR_HTTP_STATUS", "answered", { advice: "skip", status }));
    expect([error.status, error.hint]).toEqual([status, expect.stringContaining(hint)]);
  });
});

describe("reachable", () => {
  const failure = (message: string, code: HttpError["code"] = "ERR_NETWORK") => {
    const url = "http://proxy-certificate.test/api";
    return new HttpError(code, `airflow: GET ${url} failed: ${message}`, { advice: "abort", url });
  };

  test.each([
    ["unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)", "omd.http.caFile"],
    ["self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)", "verifySSL"],
    ["Hostname/IP does not match certificate's altnames (ERR_TLS_CERT_ALTNAME_INVALID)", "verifySSL"],
    ["the tunnel was refused (ERR_PROXY_TUNNEL)", "NO_PROXY"],
    ["getaddrinfo ENOTFOUND airflow.example", "DNS"],
    ["getaddrinfo EAI_AGAIN airflow.example", "DNS"],
    ["connect EHOSTUNREACH 10.0.0.1:80", "firewalls"],
    ["tlsv13 alert certificate required (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)", "omd.http.certFile"],
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
