import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { http, https } from "./node-http.ts";

/** Idle connections are closed by us before common servers do (uvicorn and Node: 5 s); a shorter `Keep-Alive: timeout` less one second wins (Node's agent). */
export const idleMs = 4_000;
/** A call that may not be sent twice takes no connection that was idle for longer: gunicorn closes after 2 s, without a word. */
export const safeIdleMs = 1_000;
/** Longest wait for a connection and for a proxy's answer to `CONNECT`. Node takes the agent's idle time otherwise. */
const connectMs = 30_000;

const releasedAt = new WeakMap<Duplex, number>();

/** Notes since when a connection is idle. */
export class PlainAgent extends http.Agent {
  override keepSocketAlive(socket: Duplex): void {
    releasedAt.set(socket, performance.now());
    // Node reads the result of this method, whatever its type says.
    return super.keepSocketAlive(socket);
  }
}

/** As {@link PlainAgent}; ends tunnels in the making too, which Node's agent does not know yet. */
export class SecureAgent extends https.Agent {
  readonly #opened = new Set<Duplex>();

  override keepSocketAlive(socket: Duplex): void {
    releasedAt.set(socket, performance.now());
    return super.keepSocketAlive(socket);
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection({ ...options, timeout: connectMs }, callback);
    if (socket) {
      this.#opened.add(socket);
      socket.once("close", () => this.#opened.delete(socket));
    }
    return socket;
  }

  override destroy(): void {
    super.destroy();
    for (const socket of this.#opened) socket.destroy();
  }
}

/** Closes connections that are idle for longer, in ms. Does not trust timers, which a busy process runs late. */
export function dropIdle(agent: Agent, longerThanMs: number): void {
  const before = performance.now() - longerThanMs;
  for (const name in agent.freeSockets) {
    for (const socket of agent.freeSockets[name] ?? []) {
      if ((releasedAt.get(socket) ?? 0) <= before) socket.destroy();
    }
  }
}
