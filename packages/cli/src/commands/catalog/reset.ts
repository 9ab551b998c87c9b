import { Flags } from "@oclif/core";
import { confirmed } from "../../confirm.ts";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, needEmbedded, needNoRun, withCatalog } from "../../open-catalog.ts";

export default class CatalogReset extends OmdCommand {
  static override summary = "empty the embedded catalog";
  static override description =
    "Everything in it is gone, descriptions and tags that people wrote too. The next run fills it anew.";
  static override flags = {
    ...catalogFlags,
    yes: Flags.boolean({ char: "y", description: "do not ask" }),
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(CatalogReset);
    return withCatalog(flags, async (opened) => {
      const embedded = needEmbedded(opened, "catalog reset");
      const before = embedded.counts();
      const entities = Object.values(before.entities).reduce((sum, count) => sum + count, before.deletedEntities);
      const question = `Remove ${entities} entities and ${before.lineageEdges} lineage edges?`;
      if (!flags.yes && !(await confirmed(question, "catalog reset removes everything: say --yes"))) {
        this.tell("Nothing was removed.");
        return 0;
      }
      await needNoRun(flags["omd-home"]);
      await embedded.reset();
      if (flags.json) this.printJson({ removed: before });
      else
        this.print(`The catalog is empty; ${entities} entities and ${before.lineageEdges} lineage edges were removed.`);
      return 0;
    });
  }
}
