import { Flags } from "@oclif/core";
import type { CatalogEntity } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { entityTypeFlag, entityTypeNames } from "../../entity-type-flag.ts";
import { fqnArgument } from "../../fqn-argument.ts";
import { OmdCommand } from "../../omd-command.ts";
import { asofFlag, catalogAsOf } from "../../asof.ts";
import { catalogFlags, withCatalog } from "../../open-catalog.ts";

const typeColumn = Math.max(...entityTypeNames.map((name) => name.length)) + 2;

export default class CatalogList extends OmdCommand {
  static override summary = "list the entities of the catalog";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --type table",
    "<%= config.bin %> <%= command.id %> --below airflow --include all --json",
  ];
  static override flags = {
    ...catalogFlags,
    type: entityTypeFlag,
    asof: asofFlag,
    below: Flags.string({ description: "only what lies below this FQN", helpValue: "FQN" }),
    include: Flags.option({
      options: ["non-deleted", "deleted", "all"] as const,
      default: "non-deleted",
      description: "whether entities marked deleted are listed",
    })(),
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(CatalogList);
    const below = flags.below === undefined ? undefined : await fqnArgument("--below", flags.below);
    let count = 0;
    await withCatalog(flags, async (opened) => {
      const catalog = catalogAsOf(opened, flags.asof);
      for (const type of flags.type === undefined ? entityTypeNames : [flags.type]) {
        for await (const entity of catalog.list(type, { below, include: flags.include })) {
          // One by one: a catalog may be larger than memory.
          process.stdout.write(
            flags.json
              ? `${count === 0 ? "[" : ","}\n${JSON.stringify({ type, ...entity })}`
              : `${line(type, entity)}\n`,
          );
          count += 1;
        }
      }
    });
    if (flags.json) this.print(count === 0 ? "[]" : "\n]");
    else this.tell(`${count} ${count === 1 ? "entity" : "entities"}`);
    return 0;
  }
}

function line(type: EntityType, entity: CatalogEntity): string {
  return `${type.padEnd(typeColumn)}${entity.fullyQualifiedName}${entity.deleted === true ? "  (deleted)" : ""}`;
}
