import { Args } from "@oclif/core";
import { entityTypeFlag } from "../../entity-type-flag.ts";
import { findEntity } from "../../find-entity.ts";
import { OmdCommand } from "../../omd-command.ts";
import { asofFlag, catalogAsOf } from "../../asof.ts";
import { catalogFlags, withCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

export default class CatalogGet extends OmdCommand {
  static override summary = "show one entity";
  static override examples = [
    "<%= config.bin %> <%= command.id %> shop.public.orders",
    "<%= config.bin %> <%= command.id %> shop.public.orders --asof 2d",
  ];
  static override args = { fqn: Args.string({ required: true, description: "its fully qualified name" }) };
  static override flags = { ...catalogFlags, type: entityTypeFlag, asof: asofFlag };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogGet);
    const found = await withCatalog(flags, (opened) =>
      findEntity(catalogAsOf(opened, flags.asof), args.fqn, flags.type, flags.asof),
    );
    if (flags.json) {
      this.printJson({ type: found.type, ...found.entity });
      return 0;
    }
    const { entityText } = await import("../../entity-text.ts");
    this.print(entityText(found, styleOf(process.stdout).width));
    return 0;
  }
}
