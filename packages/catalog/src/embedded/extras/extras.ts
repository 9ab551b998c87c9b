import { Automations } from "./automations.ts";
import { ConnectionTests } from "./connection-tests.ts";
import { CustomProperties } from "./custom-properties.ts";
import { ExtrasContext, type ExtrasParts } from "./extras-context.ts";
import { IngestionRuns } from "./ingestion-runs.ts";
import { Incidents } from "./incidents.ts";
import { ProfilerConfigs } from "./profiler-configs.ts";
import { Profiles } from "./profiles.ts";
import { Queries } from "./queries.ts";
import { Samples } from "./samples.ts";
import { TableExtras } from "./table-extras.ts";
import { Joins } from "./table-joins.ts";
import { TestResults } from "./test-results.ts";
import { Usage } from "./usage.ts";

/** Everything that hangs on entities beside their bodies, by kind. Methods that write expect an open transaction. */
export class EntityExtras {
  readonly profiles: Profiles;
  readonly samples: Samples;
  readonly profilerConfigs: ProfilerConfigs;
  readonly tables: TableExtras;
  readonly joins: Joins;
  readonly usage: Usage;
  readonly queries: Queries;
  readonly ingestionRuns: IngestionRuns;
  readonly incidents: Incidents;
  readonly testResults: TestResults;
  readonly customProperties: CustomProperties;
  readonly automations: Automations;
  readonly connectionTests: ConnectionTests;

  constructor(parts: ExtrasParts) {
    const context = new ExtrasContext(parts);
    this.profiles = new Profiles(context);
    this.samples = new Samples(context);
    this.profilerConfigs = new ProfilerConfigs(context);
    this.tables = new TableExtras(context);
    this.joins = new Joins(context);
    this.usage = new Usage(context);
    this.queries = new Queries(context);
    this.ingestionRuns = new IngestionRuns(context);
    this.incidents = new Incidents(context);
    this.testResults = new TestResults(context, this.incidents);
    this.customProperties = new CustomProperties(context);
    this.automations = new Automations(context);
    this.connectionTests = new ConnectionTests(context);
  }
}

type Kind = keyof EntityExtras;
type Method<T> = { [M in keyof T & string]: T[M] extends (...input: never[]) => unknown ? M : never }[keyof T & string];

/** A method of a kind of extra as `kind.method`, for instance `profiles.put`. */
export type ExtraCall = { [K in Kind]: `${K}.${Method<EntityExtras[K]>}` }[Kind];

type ExtraMethod<C extends ExtraCall> = C extends `${infer K extends Kind}.${infer M}`
  ? M extends keyof EntityExtras[K]
    ? EntityExtras[K][M]
    : never
  : never;

/** What a call takes. */
export type ExtraInput<C extends ExtraCall> = ExtraMethod<C> extends (...input: infer I) => unknown ? I : never;
/** What a call answers. */
export type ExtraAnswer<C extends ExtraCall> = ExtraMethod<C> extends (...input: never[]) => infer A ? A : never;

/** Calls a method by its name, as it comes from another thread. */
export function callExtra<C extends ExtraCall>(extras: EntityExtras, call: C, input: ExtraInput<C>): ExtraAnswer<C> {
  const [kind, method] = call.split(".") as [Kind, string];
  const methods = extras[kind] as unknown as Record<string, (...input: unknown[]) => ExtraAnswer<C>>;
  const known = methods[method];
  if (!known) throw new TypeError(`No extra is called ${call}`);
  return known.apply(methods, input);
}
