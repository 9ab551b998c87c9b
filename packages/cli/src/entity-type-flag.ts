import { Flags } from "@oclif/core";
import type { EntityType } from "@omd/schema";

/** Written out so that `--help` needs no schema; a test holds it against the schema. */
export const entityTypeNames = [
  "databaseService",
  "pipelineService",
  "messagingService",
  "storageService",
  "database",
  "databaseSchema",
  "table",
  "pipeline",
  "topic",
  "container",
  "classification",
  "tag",
  "user",
  "team",
  "ingestionPipeline",
] as const satisfies readonly EntityType[];

export const entityTypeFlag = Flags.option({
  options: entityTypeNames,
  char: "t",
  description: "only entities of this type",
  helpValue: "TYPE",
})();
