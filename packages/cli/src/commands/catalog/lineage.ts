import { Args, Flags } from "@oclif/core";
import { parseFqn } from "@omd/schema";
import { entityTypeFlag } from "../../entity-type-flag.ts";
import { findEntity } from "../../find-entity.ts";
import { lineageText } from "../../lineage-text.ts";
import { OmdCommand } from "../../omd-command.ts";
import { asofFlag, catalogAsOf } from "../../asof.ts";
import { catalogFlags, withCatalog } from "../../open-catalog.ts";
import { usageError } from "../../usage-error.ts";

export default class CatalogLineage extends OmdCommand {
  static override summary = "show what an entity is made of, and what is made of it";
  static override examples = ["<%= config.bin %> <%= command.id %> shop.public.orders --depth 3 --up"];
  static override args = {
    fqn: Args.string({ required: true, description: "fully qualified name of a table, pipeline, topic or container" }),
  };
  static override flags = {
    ...catalogFlags,
    type: entityTypeFlag,
    asof: asofFlag,
    depth: Flags.integer({
      min: 1,
      default: 3,
      description: "steps to follow; a server follows at most 3",
      helpValue: "N",
    }),
    up: Flags.boolean({ description: "only upstream, unless --down is given too" }),
    down: Flags.boolean({ description: "only downstream, unless --up is given too" }),
  };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogLineage);
    const both = flags.up === flags.down;
    const depth = { upstream: both || flags.up ? flags.depth : 0, downstream: both || flags.down ? flags.depth : 0 };
    const { around, made } = await withCatalog(flags, async (opened) => {
      const catalog = catalogAsOf(opened, flags.asof);
      const { type, entity } = await findEntity(catalog, args.fqn, flags.type, flags.asof);
      const fqn = parseFqn(entity.fullyQualifiedName);
      return {
        around: await catalog.neighbourhood({ entityType: type, fqn }, depth),
        made: type === "pipeline" && flags.asof === undefined ? await opened.embedded?.madeBy(fqn) : undefined,
      };
    });
    if (!around) throw usageError(`${args.fqn} is marked deleted; it has no lineage`);
    if (flags.json) this.printJson({ ...around, ...(made && { made }) });
    else
      this.print(
        lineageText(
          around,
          [
            ...(depth.upstream > 0 ? (["upstream"] as const) : []),
            ...(depth.downstream > 0 ? (["downstream"] as const) : []),
          ],
          made,
        ),
      );
    return 0;
  }
}
