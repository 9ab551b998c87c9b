import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { isOmdError, OmdError } from "@omd/core";
import { createHttpRuntime, HttpError, type HttpRuntime } from "@omd/http";
import nock from "nock";
import { AirflowClient } from "../src/client.ts";
import { reachable } from "../src/reachability.ts";
import { testSteps } from "../src/test-steps.ts";

let runtime: HttpRuntime;
const servers: Server[] = [];

beforeAll(() => {
  nock.restore();
});
beforeEach(() => {
  runtime = createHttpRuntime({ defaults: { retry: { limit: 0 }, timeoutMs: 300 } });
});
afterEach(async () => {
  await runtime.close();
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

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
  test("nothing listens", async () => {
    const port = await listening(createServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const error = await checked(`http://127.0.0.1:${port}`);
    expect([error.code, error.hint]).toEqual(["OMD_CONNECTION", expect.stringContaining("Nothing listens")]);
    expect(error.message).toContain("ECONNREFUSED");
  });

  test("https at a port that has http", async () => {
    const port = await listening(createHttpServer((_request, response) => response.end("{}")));
    expect((await checked(`https://127.0.0.1:${port}`)).hint).toContain("http://");
  });

  test("a connection that is closed at once", async () => {
    const slam = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.destroy();
    });
    expect((await checked(`http://127.0.0.1:${await listening(slam)}`)).hint).toContain("https://");
  });

  test("no answer", async () => {
    const mute = createServer((socket) => {
      socket.on("error", () => undefined);
    });
    expect((await checked(`http://127.0.0.1:${await listening(mute)}`)).hint).toContain("in time");
  });

  test.each([
    [302, "hostPort"],
    [429, "later"],
    [503, "/health"],
  ])("an answer of %i", async (status, hint) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(status, { location: "https://elsewhere.test/" }).end();
    });
    const error = await checked(`http://127.0.0.1:${await listening(server)}`);
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
