import { right, type Either, type SourceContext } from "@omd/core";
import {
  encodeName,
  fqnOf,
  parseFqn,
  type EntityKey,
  type EntityRecord,
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

const unnamed = "exposures that name no entity of the catalog (meta.open_metadata_fqn) have no lineage";
const misnamed = "exposures whose meta.open_metadata_fqn is no fully qualified name have no lineage";

/** Exposures: lineage into the entity of the catalog that they name, or that is made of them. */
export async function* exposureRecords(parts: ExposureParts): AsyncGenerator<Either<MetadataRecord>> {
  const { context, view, made, problems, creates } = parts;
  const services = new Set<string>();
  async function* one(exposure: Exposure): AsyncGenerator<Either<MetadataRecord>> {
    const text = namedFqn(exposure);
    if (text === undefined) {
      const type = exposure.type === "ml" ? "mlmodel" : "dashboard";
      const fqn = fqnOf(serviceName(view), entityName(exposure, view));
      made.saw(type, fqn);
      if (!creates) problems.add(unnamed, exposure.name);
      else if (parts.isWanted(fqn)) {
        yield* madeOf(exposure, fqn, parts, services);
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

/** Notebooks and analyses are looked for among the dashboards. */
function keyNamed(text: string, { type }: Exposure): EntityKey | undefined {
  const entityType = type === "ml" ? "mlmodel" : type === "application" ? "apiEndpoint" : "dashboard";
  try {
    return { entityType, fqn: parseFqn(text) };
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

async function* madeOf(
  exposure: Exposure,
  fqn: FQN,
  parts: ExposureParts,
  services: Set<string>,
): AsyncGenerator<Either<MetadataRecord>> {
  const { view, made, labels } = parts;
  const isModel = exposure.type === "ml";
  const service = serviceName(view);
  const type = isModel ? "mlmodelService" : "dashboardService";
  if (!services.has(type)) {
    services.add(type);
    const description = `Exposures of the dbt project ${view.name}.`;
    const serviceType = isModel ? "CustomMlModel" : "CustomDashboard";
    yield right({ kind: "entity", entityType: type, request: { name: service, serviceType, description } });
  }
  const tags = labels.of(exposure.tags);
  for (const record of labels.takeRecords()) yield right(record);
  const owners = await parts.owners.of({ meta: exposure.meta, group: exposure, inDatabase: undefined });
  const request = {
    name: entityName(exposure, view),
    service,
    displayName: exposure.label ?? exposure.name,
    ...(exposure.description !== undefined &&
      exposure.description.trim() !== "" && { description: exposure.description }),
    ...(exposure.url !== undefined && { sourceUrl: exposure.url }),
    ...(tags.length > 0 && { tags }),
    ...(owners.length > 0 && { owners }),
  };
  const record: EntityRecord = isModel
    ? { kind: "entity", entityType: "mlmodel", request: { ...request, algorithm: "unknown" } }
    : { kind: "entity", entityType: "dashboard", request: { ...request, project: view.name } };
  yield right({ ...record, marks: [made.mark(isModel ? "mlmodel" : "dashboard", fqn, view.name)] });
}

function edgesInto(
  { uniqueId: id, dependsOn }: Exposure,
  to: EntityKey,
  { view, edges }: ExposureParts,
): Generator<Either<MetadataRecord>> {
  return edges.news({ id, to, edges: edgesFrom(view, dependsOn) });
}
