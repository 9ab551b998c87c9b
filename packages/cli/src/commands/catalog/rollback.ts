import { Args, Flags } from "@oclif/core";
import type { RollbackPlan } from "@omd/catalog";
import { confirmed } from "../../confirm.ts";
import { findRun } from "../../find-run.ts";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, needEmbedded, needNoRun, withCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

/** Something of the run stays, as a run that is incomplete ends. */
const incomplete = 3;

export default class CatalogRollback extends OmdCommand {
  static override summary = "bring back what was before a run";
  static override description =
    "Shows the plan first. What the run made is marked deleted, what it changed or deleted is as before. What was changed since is left alone and listed; the exit code is 3 then. The next ingestion reads everything anew.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> latest",
    "<%= config.bin %> <%= command.id %> 3f2a --yes --json",
  ];
  static override args = {
    run: Args.string({ required: true, description: "id of a run or its beginning, latest, or latest~1" }),
  };
  static override flags = { ...catalogFlags, yes: Flags.boolean({ char: "y", description: "do not ask" }) };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogRollback);
    return withCatalog(flags, async (opened) => {
      const embedded = needEmbedded(opened, "catalog rollback");
      const { runId } = await findRun(embedded, flags["omd-home"], args.run);
      const plan = embedded.history.rollbackPlan(runId);
      const { rollbackText } = await import("../../rollback-text.ts");
      if (!flags.json)
        this.print(rollbackText(plan, styleOf(process.stdout).width) || `The run ${runId} left nothing to bring back.`);
      const todo = plan.steps.length + plan.edges.length;
      if (todo === 0) return this.#end(plan, false, flags.json);
      const question = `Bring back ${plan.steps.length} entities and ${plan.edges.length} lineage edges?`;
      if (!flags.yes && !(await confirmed(question, "catalog rollback changes the catalog: say --yes"))) {
        this.tell("Nothing was changed.");
        return 0;
      }
      await needNoRun(flags["omd-home"]);
      return this.#end(await embedded.history.rollback(runId), true, flags.json);
    });
  }

  #end(plan: RollbackPlan, done: boolean, json: boolean): number {
    const refused = plan.refused.length + plan.refusedEdges.length;
    if (json) this.printJson({ done, ...plan });
    else if (done)
      this.tell(`${plan.steps.length} entities and ${plan.edges.length} lineage edges are as before the run.`);
    if (!json && refused > 0) this.tell(`${refused} changed since and ${refused === 1 ? "was" : "were"} left alone.`);
    return refused > 0 ? incomplete : 0;
  }
}
