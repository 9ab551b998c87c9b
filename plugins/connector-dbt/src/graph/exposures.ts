import { right, type Either, type SourceContext } from "@omd/core";
import {
  encodeName,
  fqnOf,
  parseFqn,
  type CreateRequest,
  type EntityKey,
  type EntityRecord,
  type EntityType,
  type FQN,
  type MetadataRecord,
} from "@omd/schema";
import { isRaw } from "../artifacts/fields.ts";
import type { Exposure } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";
import type { Labels } from "../tables/labels.ts";
import type { Owners } from "../tables/owners.ts";
import { edgesFrom } from "./entity-keys.ts";
import { guarded } from "./guarded.ts";
import type { MadeEntities } from "./made-entities.ts";
import type { Problems } from "./problems.ts";
import type { ProjectEdges } from "./project-edges.ts";

export interface ExposureParts {
  readonly context: Pick<SourceContext, "known" | "unresolved" | "signal">;
  readonly view: ProjectView;
  readonly edges: ProjectEdges;
  readonly made: MadeEntities;
  readonly labels: Labels;
  readonly owners: Owners;
  readonly problems: Problems;
  /** Exposures that name no entity of the catalog become one. */
  readonly creates: boolean;
  /** Whether the run is to write this entity. */
  readonly isWanted: (fqn: FQN) => boolean;
}

/** What each kind of entity stands in. */
const services = {
  dashboard: { entityType: "dashboardService", serviceType: "CustomDashboard" },
  mlmodel: { entityType: "mlmodelService", serviceType: "CustomMlModel" },
  apiEndpoint: { entityType: "apiService", serviceType: "Rest" },
} as const;

const unnamed = "exposures that name no entity of the catalog (meta.open_metadata_fqn) have no lineage";
const misnamed = "exposures whose meta.open_metadata_fqn is no fully qualified name have no lineage";

/** Exposures: lineage into the entity of the catalog that they name, or that is made of them. */
export async function* exposureRecords(parts: ExposureParts): AsyncGenerator<Either<MetadataRecord>> {
  const { context, view, made, problems, creates } = parts;
  const begun = new Set<EntityType>();
  async function* one(exposure: Exposure): AsyncGenerator<Either<MetadataRecord>> {
    const text = namedFqn(exposure);
    if (text === undefined) {
      const type = entityTypeOf(exposure);
      const fqn = fqnOf(...parentOf(type, view), entityName(exposure, view));
      made.saw(type, fqn);
      if (!creates) problems.add(unnamed, exposure.name);
      else if (parts.isWanted(fqn)) {
        yield* madeOf(exposure, fqn, parts, begun);
        yield* edgesInto(exposure, { entityType: type, fqn }, parts);
      }
      return;
    }
    const named = keyNamed(text, exposure);
    if (named === undefined) problems.add(misnamed, exposure.name);
    else if (await context.known(named.entityType, named.fqn)) yield* edgesInto(exposure, named, parts);
    else missing(exposure, named, parts);
  }
  for (const id of view.ids("exposure")) {
    const exposure = view.load("exposure", id);
    if (exposure !== undefined) yield* guarded(context, id, () => one(exposure));
  }
}

/** `meta.open_metadata_fqn`, or `meta.openmetadata.fqn`. */
function namedFqn({ meta }: Exposure): string | undefined {
  const below = meta["openmetadata"];
  const given = meta["open_metadata_fqn"] ?? (isRaw(below) ? below["fqn"] : undefined);
  return typeof given === "string" && given.trim() !== "" ? given.trim() : undefined;
}

/** Notebooks and analyses are dashboards. */
function entityTypeOf({ type }: Exposure): keyof typeof services {
  return type === "ml" ? "mlmodel" : type === "application" ? "apiEndpoint" : "dashboard";
}

function keyNamed(text: string, exposure: Exposure): EntityKey | undefined {
  try {
    return { entityType: entityTypeOf(exposure), fqn: parseFqn(text) };
  } catch {
    return undefined;
  }
}

function missing(exposure: Exposure, { entityType, fqn }: EntityKey, { context, view }: ExposureParts): void {
  const reason = `this ${entityType} is not in the catalog`;
  for (const { from } of edgesFrom(view, exposure.dependsOn))
    context.unresolved({ from: from.fqn, to: fqn, reason, nearest: [] });
}

function serviceName(view: ProjectView): string {
  return encodeName(`${view.name}_dbt_exposures`);
}

/** Packages may have exposures of the same name. */
function entityName({ name, packageName }: Exposure, view: ProjectView): string {
  return encodeName(packageName === undefined || packageName === view.name ? name : `${packageName}.${name}`);
}

/** The names above an entity: end points stand in a collection, which is called after the project. */
function parentOf(type: keyof typeof services, view: ProjectView): string[] {
  return type === "apiEndpoint" ? [serviceName(view), encodeName(view.name)] : [serviceName(view)];
}

/** The service of a kind of entity, and what else these stand in; once for a project. */
function* parentsOf(type: keyof typeof services, view: ProjectView): Generator<Either<MetadataRecord>> {
  const description = `Exposures of the dbt project ${view.name}.`;
  const service = serviceName(view);
  const { entityType, serviceType } = services[type];
  yield right({ kind: "entity", entityType, request: { name: service, serviceType, description } });
  if (type === "apiEndpoint")
    yield right({
      kind: "entity",
      entityType: "apiCollection",
      request: { name: encodeName(view.name), service, displayName: view.name, description },
    });
}

async function* madeOf(
  exposure: Exposure,
  fqn: FQN,
  parts: ExposureParts,
  begun: Set<EntityType>,
): AsyncGenerator<Either<MetadataRecord>> {
  const { view, made, labels } = parts;
  const type = entityTypeOf(exposure);
  if (!begun.has(type)) yield* parentsOf(type, view);
  begun.add(type);
  const tags = [...labels.of(exposure.tags), ...labels.maturity(exposure.maturity)];
  for (const record of labels.takeRecords()) yield right(record);
  const owners = await parts.owners.of({ meta: exposure.meta, group: exposure, inDatabase: undefined });
  const { url, description } = exposure;
  const request = {
    name: entityName(exposure, view),
    displayName: exposure.label ?? exposure.name,
    ...(description !== undefined && description.trim() !== "" && { description }),
    ...(url !== undefined && { sourceUrl: url }),
    ...(tags.length > 0 && { tags }),
    ...(owners.length > 0 && { owners }),
  };
  yield right({ ...recordOf(type, request, view), marks: [made.mark(type, fqn, view.home)] });
}

function recordOf(
  entityType: keyof typeof services,
  request: Omit<CreateRequest<"dashboard">, "service">,
  view: ProjectView,
): EntityRecord {
  const service = serviceName(view);
  if (entityType === "mlmodel")
    return { kind: "entity", entityType, request: { ...request, service, algorithm: "unknown" } };
  if (entityType === "dashboard")
    return { kind: "entity", entityType, request: { ...request, service, project: view.name } };
  const { sourceUrl: url } = request;
  // An address of an end point is a URI; dbt takes any text.
  const isUri = url !== undefined && URL.canParse(url);
  const apiCollection = fqnOf(...parentOf(entityType, view));
  return { kind: "entity", entityType, request: { ...request, apiCollection, ...(isUri && { endpointURL: url }) } };
}

function edgesInto(
  { uniqueId: id, dependsOn }: Exposure,
  to: EntityKey,
  { view, edges }: ExposureParts,
): Generator<Either<MetadataRecord>> {
  return edges.news({ id, to, edges: edgesFrom(view, dependsOn) });
}
