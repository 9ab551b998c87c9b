import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { closeAll, failure, startClient } from "../test/local-client.ts";
import { record, recordedLines, replay } from "../test/local-recording.ts";
import { serve, type Answer, type LocalServer } from "../test/local-server.ts";
import { openCall } from "./call.ts";
import { parseAddress } from "./address.ts";
import { followed } from "./redirect.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClientOptions, HttpRuntimeOptions } from "./types.ts";

const others: LocalServer[] = [];
afterEach(async () => {
  await closeAll();
  for (const other of others.splice(0)) await other.close();
});

/** Another host: a port of its own makes one. */
async function serveOther(answer: Answer): Promise<LocalServer> {
  const other = await serve(answer);
  others.push(other);
  return other;
}

const toPlace =
  (location: (count: number) => string, status = 302): Answer =>
  (_, response, count) =>
    void response.writeHead(status, { location: location(count) }).end();

const signature = "X-Amz-Signature=canary0123456789&Policy=canary-policy-0123&Expires=300";

describe.each(["lean", "got"] as const)("redirects over %s", (transport) => {
  const start = (answer: Answer, options: Partial<HttpClientOptions> = {}, runtimeOptions: HttpRuntimeOptions = {}) =>
    startClient(answer, { transport, maxRedirects: 5, addressKey: "fileUrl", ...options }, runtimeOptions);

  test.each([301, 302, 303, 307, 308])("%i is followed on the same host with its login", async (status) => {
    const { server, client } = await start(
      (asked, response) => {
        if (asked.url.pathname === "/moved") response.end("found");
        else response.writeHead(status, { location: "/moved?x=1#part" }).end();
      },
      { auth: { headers: () => ({ authorization: "Bearer canary-token-1234" }) }, headers: { "x-key": "mine" } },
    );
    const { body } = await client.request({ path: "/m.json", query: { y: 2 }, headers: { range: "bytes=0-9" } });
    expect(body.toString()).toBe("found");
    expect(server.asked.map(({ url }) => url.pathname + url.search)).toEqual(["/api/m.json?y=2", "/moved?x=1"]);
    expect(server.asked[1]?.headers).toMatchObject({
      authorization: "Bearer canary-token-1234",
      "x-key": "mine",
      range: "bytes=0-9",
    });
  });

  test("another host gets no credentials, cookies or headers of the client, nor does what it leads back to", async () => {
    const other = await serveOther((asked, response) => {
      if (asked.url.pathname === "/back") response.writeHead(302, { location: asked.url.searchParams.get("to") ?? "" });
      response.end("stored");
    });
    const withSecrets = {
      auth: { headers: () => ({ authorization: "Bearer canary-token-1234" }) },
      headers: { cookie: "session=canary", "private-token": "canary", accept: "*/*" },
    };
    const { client } = await start(
      toPlace(() => `${other.url.replace("//", "//eve:canary@")}/file`),
      withSecrets,
    );
    const answer = await client.request({ path: "/m", headers: { range: "bytes=0-9", "x-request-key": "canary" } });
    expect(answer.body.toString()).toBe("stored");
    expect(JSON.stringify(other.asked[0]?.headers)).not.toContain("canary");
    expect(other.asked[0]?.headers).toMatchObject({ accept: "*/*", range: "bytes=0-9", "user-agent": "omd" });
    expect(other.asked[0]?.headers).not.toHaveProperty("authorization");

    const round = await start((asked, response) => {
      const to = `${other.url}/back?to=${encodeURIComponent(`http://${asked.headers.host ?? ""}/end`)}`;
      if (asked.url.pathname === "/end") response.end("home");
      else response.writeHead(302, { location: to }).end();
    }, withSecrets);
    expect((await round.client.request({ path: "/m" })).body.toString()).toBe("home");
    expect(JSON.stringify(round.server.asked[0]?.headers)).toContain("canary");
    expect(JSON.stringify(round.server.asked[1]?.headers)).not.toContain("canary");
  });

  test("a host that a redirect led to is not asked with a renewed login", async () => {
    const other = await serveOther((_, response) => void response.writeHead(401).end());
    let renewed = 0;
    const { client } = await start(
      toPlace(() => `${other.url}/file?${signature}`),
      {
        auth: {
          headers: () => ({ authorization: "Bearer canary-token-1234" }),
          renew: () => {
            renewed += 1;
            return Promise.resolve(true);
          },
        },
      },
    );
    const error = await failure(client.request({ path: "/m" }));
    expect(error.message).toBe(
      `test: GET ${other.url}/file?*** (by a redirect from ${client.baseUrl}/m) answered 401: a redirect led to this host, which gets no credentials`,
    );
    expect([renewed, other.asked.length]).toEqual([0, 1]);
  });

  test("five in a row are followed, a sixth is not", async () => {
    const chain = (length: number): Answer => {
      return (_, response, count) =>
        void (count <= length ? response.writeHead(302, { location: `/step/${count}` }).end() : response.end("end"));
    };
    expect((await (await start(chain(5))).client.request({ path: "/m" })).body.toString()).toBe("end");
    const { server, client } = await start(chain(6));
    const error = await failure(client.request({ path: "/m" }));
    expect(error).toMatchObject({ code: "ERR_HTTP_STATUS", advice: "abort", status: 302 });
    expect(error.message).toContain(
      `answered 302, a redirect to ${server.url}/step/6 that is one too many: at most 5 in a row are followed; it is not followed: check fileUrl`,
    );
    expect(server.asked).toHaveLength(6);
  });

  test("one that goes round is an error at once", async () => {
    const { server, client } = await start(toPlace((count) => (count === 1 ? "/a" : "/api/m")));
    const error = await failure(client.request({ path: "/m" }));
    expect(error.message).toContain(`a redirect to ${server.url}/api/m that goes round`);
    expect(server.asked).toHaveLength(2);
  });

  test.each([
    ["file:///etc/passwd", "to what is no http(s) address"],
    ["http://[", "to nowhere to what is no http(s) address"],
  ])("%s is not followed", async (location, message) => {
    const { client } = await start(toPlace(() => location));
    expect((await failure(client.request({ path: "/m" }))).message).toContain(message);
  });

  test("only a GET follows", async () => {
    const { server, client } = await start(toPlace(() => "/moved"));
    const error = await failure(client.request({ method: "POST", path: "/m", json: {} }));
    expect(error.message).toContain("redirects are not followed: give the right address as fileUrl");
    expect(server.asked).toHaveLength(1);
  });

  test("a passing trouble of the other host is tried again there", async () => {
    const other = await serveOther((_, response, count) => void response.writeHead(count === 1 ? 503 : 200).end("ok"));
    const logged: string[] = [];
    const { server, client } = await start(
      toPlace(() => `${other.url}/file?${signature}`),
      {},
      { log: (message) => void logged.push(message) },
    );
    expect((await client.request({ path: "/m?token=canary0123456789" })).body.toString()).toBe("ok");
    expect([server.asked.length, other.asked.length]).toEqual([1, 2]);
    expect(logged).toHaveLength(1);
    expect(logged.join("")).not.toContain("canary");
  });

  test("no query and no echo of it is in what is said", async () => {
    const other = await serveOther((asked, response) => void response.writeHead(403).end(`no: ${asked.url.search}`));
    const { client } = await start(toPlace(() => `${other.url}/file?${signature}`));
    const error = await failure(client.request({ path: "/m?plain=canary-0123456789" }));
    expect(error.message).toContain(`${other.url}/file?*** (by a redirect from ${client.baseUrl}/m?***)`);
    expect(error.bodyStart).toContain("no: ");
    expect([error.message, error.url, error.bodyStart, error.stack].join("\n")).not.toContain("canary");
  });
});

describe("followed", () => {
  const callOf = (baseUrl: string) =>
    openCall({ path: "/m" }, parseAddress(baseUrl, "url"), { name: "x", baseUrl }, { cookie: "mine" }, undefined);
  const step = (baseUrl: string, location: string) => followed(callOf(baseUrl), location, 5);

  test.each([
    ["http://h.test", "https://h.test/n", false],
    ["https://h.test", "https://h.test:443/n", false],
    ["http://h.test:8080", "https://h.test/n", true],
    ["https://h.test", "https://h.test:8443/n", true],
    ["https://h.test", "https://sub.h.test/n", true],
    ["https://h.test", "//h.test.evil.test/n", true],
  ])("%s to %s: another host is %s", (from, to, isAbroad) => {
    expect(step(from, to)).toMatchObject({ call: { isAbroad, headers: isAbroad ? {} : { cookie: "mine" } } });
  });

  test("https to http is refused, also on the same host", () => {
    const refusal = expect.stringContaining("from https to http");
    expect(step("https://h.test", "http://h.test/n")).toEqual({ refusal });
  });
});

test("a client that does not follow names the key that its address is from", async () => {
  const { client } = await startClient(
    toPlace(() => "/moved"),
    { addressKey: "dbtCloudUrl" },
  );
  expect((await failure(client.request({ path: "/m" }))).message).toContain("give the right address as dbtCloudUrl");
  const runtime = createHttpRuntime();
  expect(() => runtime.client({ name: "x", baseUrl: "ftp://h", addressKey: "dbtCloudUrl" })).toThrow(
    /^dbtCloudUrl is not an/u,
  );
  await runtime.close();
});

test("what was followed is replayed from a recording that holds no signature", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "omd-http-"));
  const follow = { maxRedirects: 5 };
  try {
    const answer: Answer = (asked, response) => {
      if (asked.url.pathname === "/stored") response.end("stored");
      else response.writeHead(302, { location: `/stored?${signature}` }).end();
    };
    await record(directory, answer, (client) => client.request({ path: "/m" }), follow);
    expect(JSON.stringify(await recordedLines(directory))).not.toContain("canary");
    const again = await replay(directory, (client) => client.request({ path: "/m" }), follow);
    expect(again.body.toString()).toBe("stored");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
