import type { Ledger, Resolution, Scope, ScopeOptions, SourceConfig, SourceContext } from "@omd/core";
import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import {
  fqnOf,
  requestFqn,
  type EntityKey,
  type EntityReference,
  type FQN,
  type LineageRecord,
  type Mark,
  type MetadataRecord,
  type PipelineStatusRecord,
} from "@omd/schema";
import { AirflowSource } from "../src/source.ts";

export interface FakeScope extends Scope {
  readonly options: ScopeOptions | undefined;
  readonly seen: Set<string>;
  readonly reasons: string[];
  total: number | undefined;
  rows: number;
}

function fakeScope(name: string, options: ScopeOptions | undefined): FakeScope {
  let state: Scope["state"] = "open";
  const scope: FakeScope = {
    name,
    options,
    seen: new Set(),
    reasons: [],
    total: undefined,
    rows: 0,
    get state() {
      return state;
    },
    saw: (fqn) => void scope.seen.add(fqn),
    gap: (reason) => void scope.reasons.push(reason),
    complete: () => {
      if (state !== "open") return;
      const isShort = scope.total !== undefined && scope.rows < scope.total;
      state = scope.reasons.length > 0 || isShort ? "partial" : "complete";
    },
    fail: (reason) => {
      state = "failed";
      scope.reasons.push(reason);
    },
    announced: (total) => {
      scope.total = total;
    },
    received: (rows) => {
      scope.rows += rows;
    },
  };
  return scope;
}

/** What stays from run to run: the catalog's pipelines and the marks. */
export class FakeWorld {
  readonly pipelines = new Set<string>();
  readonly marks = new Map<string, string>();
  readonly owners = new Map<string, EntityReference>();
  readonly datasets = new Map<string, EntityKey>();
  /** What the workflow says of itself beside the source. */
  fingerprint = "f";

  /** Runs the source and writes everything, as a sink that confirms all. `refuse` names records that it does not take. */
  async run(
    connection: Readonly<Record<string, unknown>>,
    given: {
      options?: Readonly<Record<string, unknown>>;
      selection?: SourceContext["selection"];
      refuse?: (record: MetadataRecord) => boolean;
      signal?: AbortSignal;
      onRecord?: (record: MetadataRecord) => void;
    } = {},
  ): Promise<FakeRun> {
    const run = new FakeRun(this, given.selection, given.signal);
    try {
      const source = AirflowSource.create(sourceConfig(connection, given.options), run.context);
      for await (const { left, right } of source.iter()) {
        if (left) run.failures.push(left);
        if (!right) continue;
        given.onRecord?.(right);
        run.records.push(right);
        if (given.refuse?.(right) !== true) this.#write(right);
      }
      for (const key of run.forgotten) this.marks.delete(key);
    } finally {
      run.requests = run.runtime.figures()["airflow"]?.calls ?? 0;
      await run.runtime.close();
    }
    return run;
  }

  #write(record: MetadataRecord): void {
    if (record.kind === "entity" && record.entityType === "pipeline")
      this.pipelines.add(requestFqn("pipeline", record.request));
    for (const mark of record.marks ?? []) this.marks.set(mark.key, mark.value);
  }
}

export function sourceConfig(
  connection: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>> = {},
): SourceConfig {
  const parse =
    (value: unknown): SourceConfig["parseConnection"] =>
    (schema) => {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      throw result.error;
    };
  return {
    type: "airflow",
    serviceName: "af",
    connection,
    options,
    parseConnection: parse(connection),
    parseOptions: parse(options),
  };
}

/** One run and all that came of it. */
export class FakeRun {
  readonly records: MetadataRecord[] = [];
  readonly failures: { name: string; error: string }[] = [];
  readonly warnings: string[] = [];
  readonly filtered: string[] = [];
  readonly unresolved: { from: string; to: string; reason: string }[] = [];
  readonly secrets: string[] = [];
  readonly scopes = new Map<string, FakeScope>();
  readonly forgotten = new Set<string>();
  readonly runtime: HttpRuntime;
  readonly context: SourceContext;
  requests = 0;

  constructor(world: FakeWorld, selection: SourceContext["selection"] = { only: [] }, signal?: AbortSignal) {
    this.runtime = createHttpRuntime({
      ...(signal ? { signal } : {}),
      defaults: { retry: { limit: 1, baseMs: 1 } },
    });
    const ledger: Ledger = {
      open: (name, options) => {
        const scope = fakeScope(name, options);
        this.scopes.set(name, scope);
        return scope;
      },
    };
    const silent = (): void => undefined;
    this.context = {
      serviceName: "af",
      service: fqnOf("af"),
      http: (options) => this.runtime.client(options),
      resolver: {
        dataset: (uri) => Promise.resolve(resolutionOf(world.datasets.get(uri))),
        owner: (name) => Promise.resolve(world.owners.get(name)),
      },
      ledger,
      marks: {
        get: (key) => world.marks.get(key),
        withPrefix: (prefix) =>
          [...world.marks].filter(([key]) => key.startsWith(prefix)).map(([key, value]): Mark => ({ key, value })),
        forget: (key) => void this.forgotten.add(key),
      },
      fingerprint: world.fingerprint,
      selection,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      signal: signal ?? new AbortController().signal,
      known: (_type, fqn) => Promise.resolve(world.pipelines.has(fqn)),
      target: "embedded",
      entities: async function* () {},
      warn: (name, reason) => void this.warnings.push(`${name}: ${reason}`),
      filtered: (name, reason) => void this.filtered.push(`${name}: ${reason}`),
      unresolved: (edge) => void this.unresolved.push(edge),
      secret: (text) => void this.secrets.push(text),
    };
  }

  pipelines() {
    return this.records.flatMap((one) => (one.kind === "entity" && one.entityType === "pipeline" ? [one.request] : []));
  }

  pipeline(name: string) {
    const found = this.pipelines().find((request) => request.name === name);
    if (!found) throw new Error(`no pipeline ${name}`);
    return found;
  }

  statuses(): PipelineStatusRecord[] {
    return this.records.filter((one) => one.kind === "pipelineStatus");
  }

  statusesOf(fqn: FQN) {
    return this.statuses().flatMap((one) => (one.pipeline === fqn ? one.statuses : []));
  }

  edges(): LineageRecord[] {
    return this.records.filter((one) => one.kind === "lineage");
  }

  scope(name: string): FakeScope {
    const scope = this.scopes.get(name);
    if (!scope) throw new Error(`no scope ${name}`);
    return scope;
  }
}

function resolutionOf(entity: EntityKey | undefined): Resolution {
  return entity ? { kind: "resolved", entity } : { kind: "unresolved", reason: "no such table", nearest: [] };
}

/** A connection block for a server at `hostPort`. */
export function restConnection(hostPort: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    type: "Airflow",
    hostPort,
    connection: { type: "RestAPI", authConfig: { username: "admin", password: "admin" } },
    ...more,
  };
}
