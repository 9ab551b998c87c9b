import { Args, Flags } from "@oclif/core";
import type { Impact } from "@omd/catalog";
import { entityTypeFlag } from "../../entity-type-flag.ts";
import { findEntity } from "../../find-entity.ts";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, needEmbedded, withCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

export default class CatalogImpact extends OmdCommand {
  static override summary = "list everything that is made of an entity, however far";
  static override examples = [
    "<%= config.bin %> <%= command.id %> shop.public.orders",
    "<%= config.bin %> <%= command.id %> shop.public.orders --upstream --csv > sources.csv",
  ];
  static override args = { fqn: Args.string({ required: true, description: "its fully qualified name" }) };
  static override flags = {
    ...catalogFlags,
    type: entityTypeFlag,
    upstream: Flags.boolean({ description: "everything that it is made of instead" }),
    csv: Flags.boolean({ description: "print comma-separated values", exclusive: ["json"] }),
  };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogImpact);
    const direction = flags.upstream ? "upstream" : "downstream";
    const found = await withCatalog(flags, async (opened) => {
      const embedded = needEmbedded(opened, "catalog impact");
      const { type, entity } = await findEntity(embedded, args.fqn, flags.type);
      return {
        ...(await embedded.graph.impact({ id: entity.id, type }, direction)),
        root: { id: entity.id, fqn: entity.fullyQualifiedName },
      };
    });
    if (flags.json) this.printJson({ direction, total: found.total, truncated: found.truncated, items: found.items });
    else await this.#printRows(found, direction, flags.csv);
    if (found.truncated) this.tell(`Only the first ${found.total} are shown; there are more.`);
    return 0;
  }

  async #printRows(
    found: Impact & { root: { id: string; fqn: string } },
    direction: string,
    csv: boolean,
  ): Promise<void> {
    const { csvText, renderTable } = await import("@omd/core");
    const names = new Map(found.items.map(({ id, fqn }): [string, string] => [id, fqn])).set(
      found.root.id,
      found.root.fqn,
    );
    const rows = found.items.map(({ depth, type, fqn, service = "", via }) => [
      String(depth),
      type,
      fqn,
      service,
      via.map((id) => names.get(id) ?? id).join(csv ? " " : "\n"),
    ]);
    if (csv) {
      process.stdout.write(csvText(["depth", "type", "fqn", "service", "via"], rows));
      return;
    }
    const columns = [
      { title: "Steps", align: "right" as const },
      ...["Type", "FQN", "Service", "Through"].map((title) => ({ title })),
    ];
    this.print(
      renderTable(columns, rows, styleOf(process.stdout).width) || `Nothing is ${direction} of ${found.root.fqn}.`,
    );
    if (rows.length > 0)
      this.tell(`${rows.length} ${rows.length === 1 ? "entity" : "entities"} ${direction} of ${found.root.fqn}`);
  }
}
