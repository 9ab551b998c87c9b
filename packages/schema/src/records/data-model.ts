import { z } from "zod";
import type { FQN } from "../fqn.ts";
import { base, fqn, type RecordBase } from "../record-parts.ts";
import { dataModel, type DataModel } from "../requests/table-data.ts";

/** The model that makes a table which the catalog has; written when it differs, whatever its `generatedAt`. */
export interface DataModelRecord extends RecordBase {
  kind: "dataModel";
  table: FQN;
  dataModel: DataModel;
}

export const dataModelRecord = z.strictObject({ ...base, kind: z.literal("dataModel"), table: fqn, dataModel });
