import {
  isBelow,
  type EntityKey,
  type EntityType,
  type FQN,
  type LineageRecord,
  type MetadataRecord,
  type ServiceType,
} from "@omd/schema";
import type { Selection } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import { keyOf } from "../processors/entity-selection.ts";

/** What `--limit` counts in a service of each kind; what these lie in, and what lies in them, comes along. */
const counted: Readonly<Record<ServiceType, readonly EntityType[]>> = {
  databaseService: ["table", "storedProcedure"],
  pipelineService: ["pipeline"],
  messagingService: ["topic"],
  storageService: ["container"],
  dashboardService: ["dashboard"],
  mlmodelService: ["mlmodel"],
  searchService: ["searchIndex"],
  apiService: ["apiEndpoint"],
  metadataService: [],
  driveService: ["file", "spreadsheet"],
};

/** Lie in no service, and are named by what does: they come along. */
const shared: ReadonlySet<EntityType> = new Set<EntityType>([
  "classification",
  "tag",
  "glossary",
  "glossaryTerm",
  "domain",
  "dataProduct",
  "user",
  "team",
  "role",
  "policy",
  "testDefinition",
  "testSuite",
]);

/**
 * Holds a run to `--only` and `--limit`, also where the source takes no notice of them. What a source yields that does is let through as it is.
 * FQNs are those of the source, before processors change names.
 */
export class SelectionGuard {
  readonly #only: readonly FQN[];
  readonly #limit: number;
  readonly #counted: ReadonlySet<EntityType>;
  readonly #taken = new Set<FQN>();
  readonly #found = new Set<FQN>();
  /** Something was left out that the source had yielded: its marks may say more than is written. */
  hasDropped = false;
  /** The limit ended the reading. */
  hasEnded = false;

  constructor({ only, limit }: Selection, kind: ServiceType) {
    this.#only = only;
    this.#limit = limit ?? Infinity;
    this.#counted = new Set(counted[kind]);
  }

  /** What becomes of a record of the source; `end`: it is left out and nothing more need be read. */
  judge(record: MetadataRecord): "take" | "drop" | "end" {
    const verdict = this.#verdict(record);
    if (verdict !== "take") this.hasDropped = true;
    if (verdict === "end") this.hasEnded = true;
    return verdict;
  }

  /** The entity exists at the source, whether or not there is a record of it. */
  saw(fqn: FQN): void {
    for (const asked of this.#only) if (isIn(fqn, asked)) this.#found.add(asked);
  }

  /** What was asked for and did not turn up. */
  get notFound(): readonly FQN[] {
    return this.hasEnded ? [] : this.#only.filter((asked) => !this.#found.has(asked));
  }

  #verdict(record: MetadataRecord): "take" | "drop" | "end" {
    // Who was asked for a part takes nothing back.
    if (record.kind === "lineageRemoval") return "drop";
    if (this.#only.length > 0 && !this.#isAsked(record)) return "drop";
    const key = ownKey(record);
    if (!key || !this.#counted.has(key.entityType) || this.#taken.has(key.fqn)) return "take";
    if (this.#taken.size >= this.#limit) return "end";
    if (this.#limit !== Infinity) this.#taken.add(key.fqn);
    return "take";
  }

  #isAsked(record: MetadataRecord): boolean {
    if (record.kind === "tag") return true;
    if (record.kind === "lineage") return endsOf(record).some(({ fqn }) => this.#isWithin(fqn));
    const key = ownKey(record);
    if (!key) return true;
    this.saw(key.fqn);
    if (this.#isWithin(key.fqn)) return true;
    const isAbove = this.#only.some((asked) => isBelow(asked, key.fqn));
    return record.kind === "entity" && (isAbove || shared.has(key.entityType));
  }

  #isWithin(fqn: FQN): boolean {
    return this.#only.some((asked) => isIn(fqn, asked));
  }
}

/** Throws OMD_CONFIG for an FQN that cannot be of this source: not its service, and nothing in it. */
export function requireOwn({ only }: Selection, service: FQN): void {
  for (const asked of only) {
    if (isIn(asked, service)) continue;
    throw new OmdError("OMD_CONFIG", `--only ${asked}: that is not in the service ${service}, which is read here`, {
      hint: `Name the service itself, or something in it as ${service}.<name>. A name that holds a dot is quoted: ${service}."a.b"`,
    });
  }
}

function isIn(fqn: FQN, ancestor: FQN): boolean {
  return fqn === ancestor || isBelow(fqn, ancestor);
}

/** The entity that a record makes or adds to. A request without a usable name is the sink's to complain about. */
function ownKey(record: MetadataRecord): EntityKey | undefined {
  switch (record.kind) {
    case "entity":
      try {
        return keyOf(record);
      } catch {
        return undefined;
      }
    case "entityUpdate":
      return record;
    case "pipelineStatus":
      return { entityType: "pipeline", fqn: record.pipeline };
    case "dataModel":
      return { entityType: "table", fqn: record.table };
    case "testResult":
      return { entityType: "testCase", fqn: record.testCase };
    default:
      return undefined;
  }
}

/** The ends of an edge, and the pipeline that makes it. */
function endsOf({ from, to, pipeline }: LineageRecord): readonly EntityKey[] {
  return [from, to, ...(pipeline ? [pipeline] : [])];
}
