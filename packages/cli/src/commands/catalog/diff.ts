import { Args } from "@oclif/core";
import { findRun } from "../../find-run.ts";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, needEmbedded, withCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

const runText = "id of a run or its beginning, latest, or latest~1 for the one before";

export default class CatalogDiff extends OmdCommand {
  static override summary = "show what changed between two runs";
  static override description =
    "Compares the embedded catalog as the first run left it with what it was when the second had ended: entities, their fields, lineage.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> latest~1 latest",
    "<%= config.bin %> <%= command.id %> 3f2a 91bc --json",
  ];
  static override args = {
    from: Args.string({ required: true, description: runText }),
    to: Args.string({ required: true, description: runText }),
  };
  static override flags = catalogFlags;

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogDiff);
    const { from, to, found } = await withCatalog(flags, async (opened) => {
      const embedded = needEmbedded(opened, "catalog diff");
      const first = await findRun(embedded, flags["omd-home"], args.from);
      const second = await findRun(embedded, flags["omd-home"], args.to);
      return { from: first, to: second, found: embedded.history.between(first.endedAt, second.endedAt) };
    });
    if (flags.json) {
      this.printJson({ from: from.runId, to: to.runId, ...found });
      return 0;
    }
    const { differencesText } = await import("../../differences-text.ts");
    this.print(
      differencesText(found, styleOf(process.stdout).width) || `Nothing changed between ${from.runId} and ${to.runId}.`,
    );
    return 0;
  }
}
