import { splitFqn, type EntityType, type FQN } from "@omd/schema";
import type { CatalogEntity } from "../../contracts/index.ts";

export interface KnownEntity {
  readonly id: string;
  readonly sourceHash: string | undefined;
  readonly deleted: boolean;
  /** Of a test case, as the listing shows it, until this run writes it. */
  readonly entity?: CatalogEntity | undefined;
  /** Made by this run. */
  readonly isNew?: boolean | undefined;
}

/** Of what a bulk write made without telling its id. */
export const unknownId = "";

/** By FQN. */
export type Listing = Map<string, KnownEntity>;

/** What of test cases is written, and the latest result: they have no hash by which to tell that nothing changed. */
export const testCaseFields = ["owners", "tags", "testCaseResult"];
/** Service, database, schema, table. */
const partsOfTable = 4;

/** What is kept of a row of a listing. */
export function knownOf(type: EntityType, entity: CatalogEntity): KnownEntity {
  return {
    id: entity.id,
    sourceHash: entity.sourceHash,
    deleted: entity.deleted === true,
    ...(type === "testCase" && { entity }),
  };
}

/** The table that a test case is about; undefined for a name that is too short. */
export function tableOf(testCase: FQN): FQN | undefined {
  const parts = splitFqn(testCase);
  return parts.length > partsOfTable ? (parts.slice(0, partsOfTable).join(".") as FQN) : undefined;
}
