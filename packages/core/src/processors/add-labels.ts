import {
  entityTypes,
  fqnOf,
  splitFqn,
  unquoteName,
  type EntityRecord,
  type EntityType,
  type MetadataRecord,
  type TagLabel,
  type TagRecord,
} from "@omd/schema";
import { right, type Processor } from "../contracts/index.ts";
import { entitySelector, keyOf } from "./entity-selection.ts";
import type { AddDomainsConfig, AddTagsConfig } from "./processor-config.ts";

/** Adds tags to entities, and before them the records of the tags themselves. */
export function addTagsProcessor(config: AddTagsConfig): Processor {
  const records = config.tags.map(tagRecord);
  const labels = config.tags.map(tagLabel);
  const applies = recordSelector(config, "tags");
  return {
    name: "add-tags",
    run(record) {
      if (!applies(record)) return right(record);
      const own = (record.request as { tags?: TagLabel[] }).tags ?? [];
      const known = new Set(own.map((tag) => tag.tagFQN));
      const added = labels.filter((label) => !known.has(label.tagFQN));
      if (added.length === 0) return right(record);
      const tags = records.filter((_, at) => !known.has(labels[at]?.tagFQN ?? ""));
      return right([...tags, withRequest(record, { tags: [...own, ...added] })]);
    },
  };
}

/** Adds domains to entities. */
export function addDomainsProcessor(config: AddDomainsConfig): Processor {
  const applies = recordSelector(config, "domains");
  return {
    name: "add-domains",
    run(record) {
      if (!applies(record)) return right(record);
      const own = (record.request as { domains?: string[] }).domains ?? [];
      return right(withRequest(record, { domains: [...new Set([...own, ...config.domains])] }));
    },
  };
}

function recordSelector(
  config: AddTagsConfig | AddDomainsConfig,
  field: "tags" | "domains",
): (record: MetadataRecord) => record is EntityRecord {
  const types = new Set<EntityType>(config.entityTypes ?? typesWith(field));
  const passes = entitySelector(config);
  return (record): record is EntityRecord =>
    record.kind === "entity" && types.has(record.entityType) && passes(keyOf(record));
}

/** Entity types whose create request has a field. */
export function typesWith(field: string): readonly EntityType[] {
  const types = Object.keys(entityTypes) as EntityType[];
  return types.filter((type) => field in entityTypes[type].request.shape);
}

function withRequest(record: EntityRecord, fields: Readonly<Record<string, unknown>>): EntityRecord {
  return { ...record, request: { ...record.request, ...fields } } as EntityRecord;
}

function tagRecord(tag: string): TagRecord {
  const [classification = "", name = ""] = splitFqn(tag).map(unquoteName);
  const description = "Added by a processor of the ingestion";
  return { kind: "tag", classification: { name: classification, description }, tag: { name, description } };
}

function tagLabel(tag: string): TagLabel {
  const tagFQN = fqnOf(...splitFqn(tag).map(unquoteName));
  return { tagFQN, source: "Classification", labelType: "Automated", state: "Suggested" };
}
