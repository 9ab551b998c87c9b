import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Catalog } from "@omd/core";
import { errorAnswer, ok, Refusal, type FaceAnswer } from "./answer.ts";
import { splitCollection, type DefinedProperties, type FaceCall, type FaceState } from "./calls.ts";
import { entityRoutes } from "./entities.ts";
import { lineageRoutes } from "./lineage.ts";
import { ingestionRunRoutes, statusRoutes } from "./runs.ts";
import { searchRoutes } from "./search.ts";
import { dataModelRoute, resultRoutes } from "./tests.ts";
import { typeRoutes } from "./types.ts";

export interface FaceOptions {
  /** What the answers come from; stays the caller's to close. */
  readonly store: Catalog;
  /** Version that the face says it is. Default 1.12.8. */
  readonly version?: string | undefined;
  /** The bearer token that is asked for; default: any. */
  readonly token?: string | undefined;
  /** Answers 405 to `/bulk` of entities, as servers before 1.10 do. */
  readonly withoutBulk?: boolean | undefined;
  /** Answers 405 to `/status/bulk`. */
  readonly withoutStatusBulk?: boolean | undefined;
  /** The custom properties that are defined; others are refused with 400. Default: any is taken, and `/metadata/types` is not there. */
  readonly properties?: DefinedProperties | undefined;
  /** Sees each request before it is answered; an answer given here goes out instead of the face's own. */
  readonly onRequest?: ((call: FaceCall) => FaceAnswer | undefined) | undefined;
}

export interface Face {
  /** For `openMetadataServerConfig.hostPort`. */
  readonly hostPort: string;
  /** All requests so far, oldest first. */
  readonly calls: readonly FaceCall[];
  close(): Promise<void>;
}

/** Starts a stand-in of an OpenMetadata server on 127.0.0.1 with the documented endpoints and answers, over any catalog. */
export async function startFace(options: FaceOptions): Promise<Face> {
  const calls: FaceCall[] = [];
  const state: FaceState = {
    store: options.store,
    runs: new Map(),
    known: new Map(),
    withoutBulk: options.withoutBulk ?? false,
    withoutStatusBulk: options.withoutStatusBulk ?? false,
    properties: options.properties,
  };
  const server = createServer((request, response) => {
    void receive(request)
      .then(async (call) => {
        calls.push(call);
        return options.onRequest?.(call) ?? (await answerTo(options, state, call));
      })
      .catch(errorAnswer)
      .then((answer) => {
        send(response, answer);
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    hostPort: `http://127.0.0.1:${String(port)}/api`,
    calls,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const root = "/api/v1/";

async function receive(request: IncomingMessage): Promise<FaceCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const [rawPath = "", rawQuery = ""] = (request.url ?? "").split("?", 2);
  const path = rawPath.startsWith(root) ? rawPath.slice(root.length - 1) : rawPath;
  return {
    method: request.method ?? "GET",
    path,
    segments: path.split("/").slice(1).map(decodeURIComponent),
    query: new URLSearchParams(rawQuery),
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
    headers: request.headers,
  };
}

async function answerTo(options: FaceOptions, state: FaceState, call: FaceCall): Promise<FaceAnswer> {
  const [first, second, , fourth] = call.segments;
  if (first === "system" && second === "version")
    return ok({ version: options.version ?? "1.12.8", revision: "0", timestamp: 0 });
  if (options.token !== undefined && call.headers.authorization !== `Bearer ${options.token}`)
    throw new Refusal(401, "Token not present");
  const answer = await route(state, call, fourth);
  if (answer !== undefined) return answer;
  throw new Refusal(
    call.method === "GET" ? 404 : 405,
    `HTTP ${call.method === "GET" ? "404 Not Found" : "405 Method Not Allowed"}`,
  );
}

async function route(state: FaceState, call: FaceCall, fourth: string | undefined): Promise<FaceAnswer | undefined> {
  const [first, second, third] = call.segments;
  if (first === "lineage") return lineageRoutes(state, call);
  if (first === "metadata" && second === "types") return typeRoutes(state, call);
  if (first === "search") return searchRoutes(state, call);
  if (first === "tables" && third === "dataModel" && call.method === "PUT") return dataModelRoute(state, call);
  if (second === "testCases" && third === "testCaseResults") return resultRoutes(state, call);
  if (first === "pipelines" && third === "status") return statusRoutes(state, call);
  if (second === "ingestionPipelines" && fourth === "pipelineStatus") return ingestionRunRoutes(state, call);
  const collection = splitCollection(call.segments);
  return collection === undefined ? undefined : entityRoutes(state, collection.type, collection.rest, call);
}

function send(response: ServerResponse, answer: FaceAnswer): void {
  const body = answer.body === undefined ? undefined : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(answer.status === 401 ? { "www-authenticate": "om-auth" } : {}),
    ...answer.headers,
  });
  response.end(body);
}
