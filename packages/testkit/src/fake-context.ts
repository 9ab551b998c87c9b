import type {
  CatalogEntity,
  Logger,
  RunLedger,
  Schema,
  SecretRegistry,
  Selection,
  SourceConfig,
  SourceContext,
} from "@omd/core";
import type { HttpRuntime } from "@omd/http";
import { fqnOf, isBelow, type EntityKey, type EntityReference, type EntityType, type FQN } from "@omd/schema";

/** What the world around a source is made of. All of it may be left out. */
export interface FakeWorld {
  /** Default `svc`. */
  readonly serviceName?: string | undefined;
  /** As in `source.type`. Default `customPipeline`. */
  readonly type?: string | undefined;
  /** `serviceConnection.config`. */
  readonly connection?: Readonly<Record<string, unknown>> | undefined;
  /** `sourceConfig.config`. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** What earlier runs stored. */
  readonly marks?: Readonly<Record<string, string>> | undefined;
  /** Hash of what decides beside the source's options what is written. */
  readonly fingerprint?: string | undefined;
  readonly selection?: Selection | undefined;
  /** Datasets that the catalog knows, by URI or FQN. */
  readonly datasets?: Readonly<Record<string, EntityKey>> | undefined;
  /** Users and teams that the catalog knows, by name. */
  readonly owners?: Readonly<Record<string, EntityReference>> | undefined;
  /** What records are written to. Default `embedded`. */
  readonly target?: SourceContext["target"] | undefined;
  /** What the catalog lists. */
  readonly entities?: readonly { readonly entityType: EntityType; readonly entity: CatalogEntity }[] | undefined;
  /** FQNs of entities that the catalog has. */
  readonly known?: readonly string[] | undefined;
}

export interface Note {
  readonly name: string;
  readonly reason: string;
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
}

/** What a source said to its context. */
export interface Heard {
  readonly warnings: Note[];
  readonly filtered: Note[];
  readonly unresolved: { from: string; to: string; reason: string; nearest: readonly string[] }[];
  readonly log: LogLine[];
  readonly forgotten: string[];
  readonly secrets: string[];
}

export function emptyHeard(): Heard {
  return { warnings: [], filtered: [], unresolved: [], log: [], forgotten: [], secrets: [] };
}

function parse<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw parsed.error;
}

/** The `source` block; its parse methods throw the schema's own error. */
export function fakeConfig(world: FakeWorld): SourceConfig {
  const connection = world.connection ?? {};
  const options = world.options ?? {};
  return {
    type: world.type ?? "customPipeline",
    serviceName: world.serviceName ?? "svc",
    connection,
    options,
    parseConnection: (schema) => parse(schema, connection),
    parseOptions: (schema) => parse(schema, options),
  };
}

function recordingLogger(lines: LogLine[]): Logger {
  const at = (level: LogLine["level"]) => (message: string) => {
    lines.push({ level, message });
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export interface ContextParts {
  readonly http: HttpRuntime;
  readonly ledger: RunLedger;
  readonly signal: AbortSignal;
  readonly secrets: SecretRegistry;
  readonly heard: Heard;
}

/** A context with a real HTTP client and a real ledger; catalog and state are what the world says. */
export function fakeContext(world: FakeWorld, { http, ledger, signal, secrets, heard }: ContextParts): SourceContext {
  const serviceName = world.serviceName ?? "svc";
  const marks = new Map(Object.entries(world.marks ?? {}));
  const known = new Set<string>(world.known);
  return {
    serviceName,
    service: fqnOf(serviceName),
    http: (options) => http.client(options),
    resolver: {
      dataset: (uri) => {
        const entity = world.datasets?.[uri];
        return Promise.resolve(
          entity === undefined
            ? { kind: "unresolved", reason: "the fake catalog does not know it", nearest: [] }
            : { kind: "resolved", entity },
        );
      },
      owner: (name) => Promise.resolve(world.owners?.[name]),
    },
    ledger,
    marks: {
      get: (key) => marks.get(key),
      withPrefix: (prefix) =>
        [...marks]
          .filter(([key]) => key.startsWith(prefix))
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => ({ key, value })),
      forget: (key) => {
        heard.forgotten.push(key);
      },
    },
    fingerprint: world.fingerprint ?? "",
    selection: world.selection ?? { only: [] },
    log: recordingLogger(heard.log),
    signal,
    known: (_entityType, fqn: FQN) => Promise.resolve(known.has(fqn)),
    target: world.target ?? "embedded",
    entities: async function* (entityType, { below } = {}) {
      for (const { entityType: type, entity } of world.entities ?? [])
        if (type === entityType && (below === undefined || isBelow(entity.fullyQualifiedName, below))) yield entity;
    },
    warn: (name, reason) => {
      heard.warnings.push({ name, reason });
    },
    filtered: (name, reason) => {
      heard.filtered.push({ name, reason });
    },
    unresolved: (edge) => {
      heard.unresolved.push(edge);
    },
    secret: (text) => {
      secrets.add(text);
      heard.secrets.push(text);
    },
  };
}
