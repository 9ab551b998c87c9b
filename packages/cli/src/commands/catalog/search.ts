import { Args, Flags } from "@oclif/core";
import type { EntityType } from "@omd/schema";
import { entityTypeFlag, entityTypeNames } from "../../entity-type-flag.ts";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, withCatalog, type OpenedCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

interface Hit {
  readonly type: EntityType;
  readonly fqn: string;
  readonly match: string;
  readonly matched: string;
}

export default class CatalogSearch extends OmdCommand {
  static override summary = "find entities by a part of their name";
  static override description =
    "The embedded catalog also looks into names of columns and tasks; of a server, names of entities are searched.";
  static override examples = ["<%= config.bin %> <%= command.id %> orders --type table"];
  static override args = { text: Args.string({ required: true, description: "part of a name" }) };
  static override flags = {
    ...catalogFlags,
    type: entityTypeFlag,
    limit: Flags.integer({ min: 1, default: 20, description: "most hits that are shown", helpValue: "N" }),
  };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogSearch);
    const hits = await withCatalog(flags, (opened) => search(opened, args.text, flags));
    if (flags.json) {
      this.printJson(hits);
      return 0;
    }
    const { renderTable } = await import("@omd/core");
    const rows = hits.map((hit) => [hit.type, hit.fqn, hit.matched === hit.fqn ? "" : `${hit.match} ${hit.matched}`]);
    const table = renderTable(
      [{ title: "Type" }, { title: "FQN" }, { title: "Found in" }],
      rows,
      styleOf(process.stdout).width,
    );
    this.print(table || `Nothing in the catalog has "${args.text}" in its name.`);
    return 0;
  }
}

async function search(
  { catalog, embedded }: OpenedCatalog,
  text: string,
  { type, limit }: { type: EntityType | undefined; limit: number },
): Promise<Hit[]> {
  if (embedded)
    return embedded
      .searchByName(text, { type, limit })
      .map(({ type: found, fqn, match, matched }) => ({ type: found, fqn, match, matched }));
  const hits: Hit[] = [];
  for (const candidate of type === undefined ? entityTypeNames : [type]) {
    if (hits.length >= limit) break;
    const found = await catalog.search(candidate, { field: "name", pattern: `*${text}*`, limit: limit - hits.length });
    for (const { fullyQualifiedName: fqn } of found) hits.push({ type: candidate, fqn, match: "name", matched: fqn });
  }
  return hits;
}
