import type { IncomingHttpHeaders } from "node:http";

/** A call as it reached the proxy. */
export interface ProxyRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Number of this call among those that match, from 1. */
  readonly call: number;
}

/** An answer of the server behind the proxy, or one that a fault puts in its place. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the proxy does with a call: sends an answer, sends half of one and hangs up, or says nothing at all. */
export type Reaction =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "cut"; readonly answer: Answer }
  | { readonly kind: "silence" };

/** Asks the server behind the proxy. */
export type Upstream = (request: ProxyRequest) => Promise<Answer>;

/** What a fault gets beside the call. */
export interface FaultTools {
  readonly forward: Upstream;
  /** To be called whenever the fault shows itself: a scenario that never struck proves nothing. */
  readonly strike: () => void;
  readonly paging: PagingStyle;
  /** Most rows of a page in scenarios that need several pages. */
  readonly pageCap: number;
}

export type Fault = (request: ProxyRequest, tools: FaultTools) => Promise<Reaction>;

/** How the API says which rows it wants and where they lie in the answer. */
export interface PagingStyle {
  /** Keys of query or JSON body. */
  readonly limitKeys: readonly string[];
  readonly offsetKeys: readonly string[];
  /** Key of the rows in the answer; default: the longest array of its top level. */
  readonly rowsKey?: string | undefined;
}

/** Fits REST APIs with `limit` and `offset`, Airflow's batch lists among them. */
export const defaultPaging: PagingStyle = {
  limitKeys: ["limit", "page_limit", "per_page", "page_size", "maxResults"],
  offsetKeys: ["offset", "page_offset", "start", "startAt"],
};

export function answerWith(answer: Answer): Reaction {
  return { kind: "answer", answer };
}

/** An answer of JSON. */
export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}
