import { right, type Either } from "@omd/core";
import type { FQN, MetadataRecord } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";
import type { Labels } from "../tables/labels.ts";

export interface TimeSpineParts {
  readonly view: ProjectView;
  readonly labels: Labels;
  /** Whether the run is to write this entity. */
  readonly isWanted: (fqn: FQN) => boolean;
}

/** Tags the tables of time. Added to them and no part of what makes them: without the semantic manifest, which alone tells it, they stay as they are. */
export function* timeSpineRecords({ view, labels, isWanted }: TimeSpineParts): Generator<Either<MetadataRecord>> {
  for (const [id, grain] of view.timeSpines) {
    const table = view.table(id);
    if (table === undefined || !isWanted(table.fqn)) continue;
    const tags = labels.timeSpine(grain);
    for (const record of labels.takeRecords()) yield right(record);
    if (tags.length > 0) yield right({ kind: "entityUpdate", entityType: "table", fqn: table.fqn, set: { tags } });
  }
}
