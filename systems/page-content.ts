import { hub } from "./large-catalog.ts";
import type { ServedOmd } from "./served-omd.ts";

/** Markdown as people write it, and what must not work in it. */
export const hostileDescription = `# Mart

One row for **each order**, see [the wiki](https://wiki.example.org/mart) or <mailto:mart@example.org>.

- one
- two

| column | meaning |
|--------|---------|
| id     | key     |

<img src=/none.png onerror=alert(1)>

<script>alert(2)</script> <b onclick=alert(3)>raw</b> <iframe srcdoc="<script>alert(4)</script>"></iframe>

[a](javascript:alert(5)) [b](data:text/html,x) ![c](https://pictures.example.org/c.png)`;

/** A write below `/api/v1`. Throws when it is refused. */
export async function send(
  omd: ServedOmd,
  method: "PATCH" | "POST" | "PUT",
  path: string,
  body?: object,
): Promise<void> {
  const type = method === "PATCH" ? "application/json-patch+json" : "application/json";
  const answer = await fetch(`${omd.url}/api/v1${path}`, {
    method,
    ...(body && { headers: { "content-type": type }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
}

/** As a profiler and a reader of query logs tell it: the hub is the most asked table of two. */
export async function profileHub(omd: ServedOmd): Promise<void> {
  const timestamp = Date.UTC(2026, 0, 31);
  const date = "2026-01-31";
  const [table, other] = await Promise.all([
    omd.get(`/tables/name/${hub}`),
    omd.get(`/tables/name/${hub.slice(0, -1)}1`),
  ]);
  const amount = { valuesCount: 1200, nullProportion: 0, distinctCount: 800, min: 0.5, max: 99.95, mean: 12.25 };
  await send(omd, "PUT", `/tables/${String(table["id"])}/tableProfile`, {
    tableProfile: { timestamp, rowCount: 1200, columnCount: 5 },
    columnProfile: [{ name: "amount", timestamp, ...amount }],
  });
  await send(omd, "POST", `/usage/table/${String(table["id"])}`, { date, count: 9 });
  await send(omd, "POST", `/usage/table/${String(other["id"])}`, { date, count: 3 });
  await send(omd, "POST", `/usage/compute.percentile/table/${date}`);
}
