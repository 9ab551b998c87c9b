import {
  failureOf,
  left,
  right,
  type ConfigSchemas,
  type Either,
  type Source,
  type SourceConfig,
  type SourceContext,
  type TestStep,
} from "@omd/core";
import type { FQN, MetadataRecord } from "@omd/schema";
import { credentialsOf } from "./authentication.ts";
import { AirflowClient, type ClientOptions } from "./client.ts";
import { airflowConnection, pipelineMetadata, type AirflowConnection, type PipelineMetadata } from "./config.ts";
import { DagListing } from "./dag-listing.ts";
import { protectHidden, readImportErrors } from "./import-errors.ts";
import { LineageRecords } from "./lineage-records.ts";
import { linksOf } from "./links.ts";
import { endsRun, explained, reasonOf } from "./permissions.ts";
import { forgetOthers } from "./remembered.ts";
import { Scopes } from "./scopes.ts";
import { serviceRecord } from "./service-record.ts";
import { TaskRefresh } from "./task-refresh.ts";
import { testSteps } from "./test-steps.ts";
import { UnitReader, type DagReading, type ListedDag } from "./unit-reader.ts";
import { UnitRecords } from "./unit-records.ts";

/** DAGs, tasks, runs and lineage of an Airflow 2 or 3, over its REST API. */
export class AirflowSource implements Source {
  static readonly configSchemas: ConfigSchemas = { connection: airflowConnection, options: pipelineMetadata };
  readonly name = "Airflow";
  readonly #context: SourceContext;
  readonly #connection: AirflowConnection;
  readonly #options: PipelineMetadata;
  readonly #clientOptions: ClientOptions;
  #client: Promise<AirflowClient> | undefined;

  private constructor(
    context: SourceContext,
    connection: AirflowConnection,
    options: PipelineMetadata,
    clientOptions: ClientOptions,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#options = options;
    this.#clientOptions = clientOptions;
  }

  /** Throws what {@link SourceConfig} throws of a part that the schemas refuse. */
  static create(config: SourceConfig, context: SourceContext): AirflowSource {
    const connection = config.parseConnection<AirflowConnection>(airflowConnection);
    const options = config.parseOptions<PipelineMetadata>(pipelineMetadata);
    const mode = connection.connection;
    return new AirflowSource(context, connection, options, {
      hostPort: connection.hostPort,
      apiVersion: mode.apiVersion,
      sessionLogin: connection.sessionLogin,
      verifySSL: mode.verifySSL,
      credentials: credentialsOf(mode.authConfig, context),
    });
  }

  testConnection(): readonly TestStep[] {
    return testSteps(() => this.#connect());
  }

  async *iter(): AsyncGenerator<Either<MetadataRecord>> {
    const context = this.#context;
    const client = await this.#connect();
    const scopes = new Scopes(context.ledger);
    const links = linksOf(this.#connection.hostPort, client.version);
    const { includeTags, includeOwners, markDeletedPipelines, includeLineage, overrideMetadata } = this.#options;
    yield right(serviceRecord(context.serviceName, this.#connection));

    const isPart = context.selection.only.length > 0;
    const listing = new DagListing(client, context, this.#options);
    const isGone = (fqn: FQN): Promise<boolean> => listing.isGone(fqn);
    const deletes = { entityType: "pipeline", below: context.service, isGone } as const;
    const dags = scopes.open("dags", markDeletedPipelines && !isPart ? { deletes } : undefined);
    const { hostPort } = this.#connection;
    const settings = JSON.stringify([hostPort, client.version, includeTags, includeOwners, context.fingerprint]);
    // What people changed in the catalog can only be set back by a pipeline that is sent.
    const refreshing = overrideMetadata ? ({ ...this.#connection, taskRefresh: "always" } as const) : this.#connection;
    const refresh = new TaskRefresh(client, context, refreshing, settings);
    const reader = new UnitReader(client, context, scopes, refresh, this.#connection);
    const records = new UnitRecords(context, { serviceName: context.serviceName, links, includeTags, includeOwners });
    const lineage = new LineageRecords(client, context, this.#options, this.#connection.taskMaxAgeHours);
    // With all DAGs wanted, all datasets are: they need not wait for the DAGs.
    const isWhole =
      !isPart && context.selection.limit === undefined && this.#options.pipelineFilterPattern === undefined;
    if (includeLineage && isWhole) lineage.begin(scopes);
    const broken = isPart ? undefined : await readImportErrors(client, context, scopes);

    let listed = true;
    try {
      for await (const unit of ahead(listing.units(dags), (wanted) => reader.read(wanted, listing.announced))) {
        await records.prepare(unit);
        for (const dag of unit) yield* records.of(dag);
      }
    } catch (thrown) {
      if (!(thrown instanceof ListingError)) throw thrown;
      if (endsRun(thrown.cause)) throw explained(thrown.cause, "DAGs");
      listed = false;
      dags.fail(reasonOf(thrown.cause, "DAGs"));
      yield left(failureOf("DAGs", explained(thrown.cause, "DAGs")));
    }
    if (listed && broken && (markDeletedPipelines || includeLineage)) {
      const { listed: ids } = listing;
      await protectHidden(client, broken, { scope: dags, listed: ids, fqnOf: (id) => listing.fqnOf(id) });
    }
    if (listed) dags.complete();
    if (includeLineage) yield* lineage.all(listing, scopes);
    if (listed && !isPart && context.selection.limit === undefined) forgetOthers(context, listing.listed);
    scopes.completeAll();
  }

  #connect(): Promise<AirflowClient> {
    this.#client ??= AirflowClient.connect(this.#clientOptions, this.#context);
    return this.#client;
  }
}

/** The list of DAGs broke off. */
class ListingError extends Error {
  override name = "ListingError";
}

/** Units that are read at the same time: enough to keep the host's budget of calls in use, few enough to be held in memory. */
const unitsAhead = 3;

/** Reads the next units while the records of one are being written; given out in order. Errors of the list come as {@link ListingError}, after all units. */
async function* ahead(
  units: AsyncGenerator<readonly ListedDag[]>,
  read: (unit: readonly ListedDag[]) => Promise<DagReading[]>,
): AsyncGenerator<DagReading[]> {
  const pending: Promise<DagReading[] | undefined>[] = [];
  const start = (): void => {
    const reading = units
      .next()
      .catch((cause: unknown) => {
        throw new ListingError("the list of DAGs broke off", { cause });
      })
      .then((next) => (next.done === true ? undefined : read(next.value)));
    // Awaited in its turn; until then its error is nobody's.
    reading.catch(() => undefined);
    pending.push(reading);
  };
  for (let count = 0; count < unitsAhead; count += 1) start();
  for (;;) {
    const reading = await pending.shift();
    if (reading === undefined) return;
    start();
    yield reading;
  }
}
