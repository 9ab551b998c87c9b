import type { AnswerOracle } from "./answer-oracle.ts";

/** A recorded request with its answer; `systems/recording-proxy.ts` writes them. */
export interface Recorded {
  readonly method: string;
  /** As it was sent, with its percent encoding. */
  readonly path: string;
  readonly query: string;
  readonly contentType?: string | undefined;
  readonly body?: unknown;
  readonly status: number;
  readonly answer?: unknown;
}

export interface Replayed {
  readonly status: number;
  /** Parsed JSON; undefined without a body. */
  readonly answer: unknown;
}

/** Sends one request to the server that is looked at. `url` is path and query; `body` is JSON or text. */
export type Send = (request: {
  method: string;
  url: string;
  contentType: string | undefined;
  body: string | undefined;
}) => Promise<Replayed>;

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const isUuid = (value: string): boolean => value.length === 36 && value.search(uuid) === 0;

/** What another server named otherwise: ids and cursors, from its recorded answers to the ones given now. */
class Names {
  readonly #now = new Map<string, string>();

  /** Reads both answers side by side. The first pair of a name stands. */
  learn(recorded: unknown, given: unknown, key = ""): void {
    if (typeof recorded === "string" && typeof given === "string") {
      const isName = (isUuid(recorded) && isUuid(given)) || key === "after" || key === "before";
      if (isName && !this.#now.has(recorded)) this.#now.set(recorded, given);
    } else if (typeof recorded === "object" && recorded !== null && typeof given === "object" && given !== null)
      for (const [name, member] of Object.entries(recorded)) {
        const other = (given as Readonly<Record<string, unknown>>)[name];
        this.learn(member, other, name);
      }
  }

  translated(text: string): string {
    return text.replaceAll(uuid, (id) => this.#now.get(id) ?? id);
  }

  query(text: string): string {
    const cursor = /^(after|before)=(.*)$/;
    const parts = this.translated(text).split("&");
    return parts
      .map((part) => {
        const [, name, value] = cursor.exec(part) ?? [];
        if (name === undefined || value === undefined) return part;
        return `${name}=${this.#now.get(decodeURIComponent(value)) ?? value}`;
      })
      .join("&");
  }
}

/**
 * Sends the requests of a recording in their order and answers what is wrong: another status than the recorded, or an answer that
 * OpenMetadata's schemas refuse. Ids that the server gives are put in place of the recorded ones.
 */
export async function replay(
  recorded: readonly Recorded[],
  send: Send,
  oracle: AnswerOracle,
  onAnswer: (recorded: Recorded, given: Replayed) => readonly string[] = () => [],
): Promise<string[]> {
  const names = new Names();
  const findings: string[] = [];
  for (const exchange of recorded) {
    const { method, path, query, contentType, body, status, answer } = exchange;
    const url = names.translated(path) + (query === "" ? "" : `?${names.query(query)}`);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const given = await send({
      method,
      url,
      contentType,
      body: text === undefined ? undefined : names.translated(text),
    });
    if (given.status !== status)
      findings.push(`${method} ${path} ${query}: ${String(given.status)} instead of ${String(status)} ${short(given)}`);
    findings.push(...oracle.check(method, path, given.status, given.answer), ...onAnswer(exchange, given));
    names.learn(answer, given.answer);
  }
  return findings;
}

function short({ answer }: Replayed): string {
  return (JSON.stringify(answer) ?? "").slice(0, 200);
}
