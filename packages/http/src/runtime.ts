import { AgentPool, proxySecrets } from "./agents.ts";
import { parseAddress } from "./address.ts";
import { basicAuth } from "./auth.ts";
import { HostBudget } from "./budget.ts";
import { defaults as inForce } from "./call.ts";
import { Client } from "./client.ts";
import { Recorder, RecordingTransport } from "./record.ts";
import { Redactor } from "./redact.ts";
import { ReplayTransport } from "./replay.ts";
import { GotTransport } from "./transport-got.ts";
import { LeanTransport } from "./transport-lean.ts";
import type { Transport } from "./transport.ts";
import type { HttpClient, HttpClientOptions, HttpFigures, HttpRuntime, HttpRuntimeOptions } from "./types.ts";

class Runtime implements HttpRuntime {
  readonly #options: HttpRuntimeOptions;
  readonly #agents = new AgentPool(process.env);
  readonly #budgets = new Map<string, HostBudget>();
  readonly #figures = new Map<string, HttpFigures>();
  readonly #redactor: Redactor;
  readonly #recorder: Recorder | undefined;
  readonly #replay: ReplayTransport | undefined;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;

  constructor(options: HttpRuntimeOptions) {
    const { recordDir, replayDir } = options;
    if (recordDir !== undefined && replayDir !== undefined)
      throw new TypeError("recordDir and replayDir exclude each other");
    this.#options = options;
    this.#redactor = new Redactor(options.redact);
    for (const secret of proxySecrets(this.#agents.proxy)) this.#redactor.remember({ "proxy-authorization": secret });
    this.#recorder = recordDir === undefined ? undefined : new Recorder(recordDir, this.#redactor);
    this.#replay = replayDir === undefined ? undefined : new ReplayTransport(replayDir, this.#redactor);
    this.#signal =
      options.signal === undefined ? this.#closing.signal : AbortSignal.any([options.signal, this.#closing.signal]);
  }

  client(given: HttpClientOptions): HttpClient {
    const { defaults = {} } = this.#options;
    const tls = given.tls && { ...defined(defaults.tls ?? {}), ...defined(given.tls) };
    const options = { ...defined(defaults), ...defined({ ...given, tls }) };
    const address = parseAddress(options.baseUrl, options.addressKey ?? inForce.addressKey);
    const { credentials } = address;
    if (credentials !== undefined && credentials.password !== "")
      this.#redactor.remember({ authorization: credentials.password });
    return new Client({
      options,
      address,
      auth: options.auth ?? (credentials && basicAuth(credentials.user, credentials.password)),
      transport: this.#transport(options),
      budget: this.#budget(address.origin, options),
      abroad: (origin) => ({
        transport: this.#transport({ ...options, tls: withoutCertificate(options.tls) }),
        budget: this.#budget(origin, {}),
      }),
      figures: this.#figuresOf(options.name),
      redactor: this.#redactor,
      signal: this.#signal,
      waits: this.#replay === undefined,
      log: (message) => this.#options.log?.(message),
    });
  }

  figures(): Readonly<Record<string, HttpFigures>> {
    return structuredClone(Object.fromEntries(this.#figures));
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#agents.close();
    this.#recorder?.close();
    return Promise.resolve();
  }

  #transport(options: HttpClientOptions): Transport {
    if (this.#replay !== undefined) return this.#replay;
    const agents = this.#agents.get(options.tls);
    const unusual = this.#agents.proxy !== undefined || options.tls?.certFile !== undefined;
    const kind = options.transport ?? (unusual ? "got" : "lean");
    const transport = kind === "got" ? new GotTransport(agents) : new LeanTransport(agents);
    return this.#recorder === undefined ? transport : new RecordingTransport(transport, this.#recorder);
  }

  #budget(origin: string, options: Pick<HttpClientOptions, "budget">): HostBudget {
    const budget = this.#budgets.get(origin) ?? new HostBudget();
    this.#budgets.set(origin, budget);
    // A replay has no host to spare.
    budget.tighten(this.#replay === undefined ? options.budget : { maxConcurrency: options.budget?.maxConcurrency });
    return budget;
  }

  #figuresOf(name: string): HttpFigures {
    const known = this.#figures.get(name);
    if (known !== undefined) return known;
    const fresh = { calls: 0, retries: 0, waitedMs: 0, bytesIn: 0, busyMs: 0, byStatus: {} };
    this.#figures.set(name, fresh);
    return fresh;
  }
}

/** The client's certificate says who it is, which is for the host that it was given for. */
function withoutCertificate(tls: HttpClientOptions["tls"]): HttpClientOptions["tls"] {
  return tls && { verify: tls.verify, caFile: tls.caFile };
}

/** Without the keys that hold undefined, so that a spread does not wipe a default out. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** What one run shares among its HTTP clients. Throws a TypeError when both `recordDir` and `replayDir` are given; close it at the end. */
export function createHttpRuntime(options: HttpRuntimeOptions = {}): HttpRuntime {
  return new Runtime(options);
}
