import { Args } from "@oclif/core";
import type { Catalog, Report, Resolution } from "@omd/core";
import { readLastReport } from "../../last-report.ts";
import { jsonFlag, OmdCommand, omdHomeFlag } from "../../omd-command.ts";
import { catalogFlags, withCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

export default class LineageExplain extends OmdCommand {
  static override summary = "say why lineage edges of the last run are missing";
  static override description =
    "Lists the edges whose ends are not in the catalog, by reason, with the names in the catalog that come nearest. With a name or URI: only its edges, and what it resolves to now.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> s3://bucket/orders",
  ];
  static override args = { name: Args.string({ description: "FQN, URI or a part of one" }) };
  static override flags = { config: catalogFlags.config, "omd-home": omdHomeFlag, json: jsonFlag };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(LineageExplain);
    const [report, { groupUnresolved, unresolvedText }] = await Promise.all([
      readLastReport(flags["omd-home"]),
      import("../../unresolved-text.ts"),
    ]);
    const groups = groupUnresolved(report.unresolved, args.name);
    const { name } = args;
    const now =
      name === undefined ? undefined : await withCatalog(flags, ({ catalog }) => this.#resolve(catalog, name));
    if (flags.json) {
      this.printJson({ runId: report.runId, unresolvedCount: report.unresolvedCount, groups, ...(now && { now }) });
      return 0;
    }
    this.print(unresolvedText(groups, styleOf(process.stdout).width) || this.#nothing(report, name));
    if (report.unresolvedCount > report.unresolved.length)
      this.tell(`The report lists ${report.unresolved.length} of ${report.unresolvedCount} edges.`);
    if (now) this.print(`\nNow: ${resolutionText(now)}`);
    return 0;
  }

  async #resolve(catalog: Catalog, name: string): Promise<Resolution> {
    const { createResolver } = await import("@omd/lineage");
    return createResolver({ catalog, databaseServices: [], storageServices: [] }).dataset(name);
  }

  #nothing({ runId, outcome }: Report, name: string | undefined): string {
    const edge = `no edge${name === undefined ? "" : ` of "${name}"`}`;
    return outcome === "failed" || outcome === "stopped"
      ? `The last run (${runId}) ${outcome === "failed" ? "failed" : "was stopped"}; what it had read left ${edge} unresolved.`
      : `The last run (${runId}) left ${edge} unresolved.`;
  }
}

function resolutionText(resolution: Resolution): string {
  if (resolution.kind === "resolved") return `${resolution.entity.entityType} ${resolution.entity.fqn}`;
  const nearest = resolution.nearest.length === 0 ? "" : `; nearest: ${resolution.nearest.join(", ")}`;
  return `not resolved: ${resolution.reason}${nearest}`;
}
