import type { HttpRuntime } from "@omd/http";
import type { EntityKey, EntityType, FQN } from "@omd/schema";
import { locateIssues, type ConfigPath, type WorkflowConfig } from "../config/index.ts";
import type {
  CatalogEntity,
  Ledger,
  ListOptions,
  Logger,
  Marks,
  Resolver,
  Schema,
  Selection,
  SourceConfig,
  SourceContext,
} from "../contracts/index.ts";
import type { RunAccount } from "../report/run-account.ts";
import type { SecretRegistry } from "../secrets/secret-registry.ts";
import type { KnownEntity } from "../sink/metadata-rest/known-entities.ts";
import type { HeldOptions } from "./held-options.ts";
import { ownConnection } from "./own-connection.ts";

export interface ContextParts {
  readonly serviceName: string;
  readonly service: FQN;
  readonly http: HttpRuntime;
  readonly resolver: Resolver;
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly fingerprint: string;
  readonly selection: Selection;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly account: RunAccount;
  readonly known: (key: EntityKey) => Promise<KnownEntity | undefined>;
  readonly entities: (type: EntityType, options: ListOptions) => AsyncIterable<CatalogEntity>;
  readonly target: SourceContext["target"];
  readonly secrets: SecretRegistry;
}

/** What a source sees of the run. */
export function sourceContext(parts: ContextParts): SourceContext {
  const { account, known, entities, secrets, http, ...rest } = parts;
  return {
    ...rest,
    http: (options) => http.client(options),
    async known(entityType: EntityType, fqn: FQN) {
      const entity = await known({ entityType, fqn });
      return entity !== undefined && !entity.deleted;
    },
    entities: (entityType, options = {}) => entities(entityType, options),
    warn: (name, reason) => account.warn(account.source, name, reason),
    filtered: (name, reason) => account.filter(account.source, name, reason),
    unresolved: (edge) => account.missEdge({ ...edge, nearest: [...edge.nearest] }),
    secret: (text) => secrets.add(text),
  };
}

/** The `source` block as a connector gets it. `held` is told what the connector reads of its options. */
export function sourceConfig(
  config: WorkflowConfig,
  connection: Readonly<Record<string, unknown>>,
  held: Pick<HeldOptions, "options" | "takeAll">,
): SourceConfig {
  const parse = <T>(schema: Schema<T>, value: unknown, prefix: ConfigPath): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw locateIssues(config, prefix, parsed.error, schema) ?? parsed.error;
  };
  const options = config.source.sourceConfig.config;
  return {
    type: config.source.type,
    serviceName: config.source.serviceName,
    connection,
    options: held.options,
    parseConnection: (schema) =>
      parse(schema, ownConnection(config.source.type, connection, schema), ["source", "serviceConnection", "config"]),
    parseOptions: (schema) => {
      held.takeAll();
      return parse(schema, options, ["source", "sourceConfig", "config"]);
    },
  };
}
