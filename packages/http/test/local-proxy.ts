import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy on 127.0.0.1 that notes what it is asked. */
export interface LocalProxy {
  readonly url: string;
  /** One entry for each call: method, target, `Proxy-Authorization` when it was sent. */
  readonly seen: string[];
  /** Tunnels that are open now. */
  readonly open: () => number;
  close(): Promise<void>;
}

/** How a proxy meets `CONNECT`: through, with a status instead, by cutting the line, or never. */
export type Tunnelling = "through" | "hang" | "cut" | { readonly status: string };

/** The value of `Basic` credentials. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** Takes plain requests and `CONNECT`. */
export async function startProxy(tunnelling: Tunnelling = "through"): Promise<LocalProxy> {
  const seen: string[] = [];
  const ends = new Set<Duplex>();
  const keep = (end: Duplex, other: Duplex): void => {
    ends.add(end);
    end.on("error", () => undefined);
    end.on("close", () => {
      ends.delete(end);
      other.destroy();
    });
  };
  const note = (request: http.IncomingMessage): void => {
    seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
  };
  const proxy = http.createServer((request, response) => {
    note(request);
    const { hostname, port, pathname } = new URL(request.url ?? "");
    request.pipe(
      http.request({ hostname, port, path: pathname, method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  proxy.on("connect", (request, socket) => {
    note(request);
    keep(socket, socket);
    if (tunnelling === "hang") {
      // Read on, else the client's leaving is not noticed.
      socket.resume().on("end", () => socket.destroy());
      return;
    }
    if (tunnelling === "cut") {
      socket.destroy();
      return;
    }
    if (tunnelling !== "through") {
      socket.end(`HTTP/1.1 ${tunnelling.status}\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const to = net.connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      to.pipe(socket).pipe(to);
    });
    keep(to, socket);
    socket.on("close", () => to.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    open: () => ends.size,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
        // Tunnels are no connections of the HTTP server any more: it waits for them, but does not close them.
        for (const end of ends) end.destroy();
      }),
  };
}
