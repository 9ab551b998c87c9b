import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Flags } from "@oclif/core";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, needEmbedded, withCatalog } from "../../open-catalog.ts";

export default class CatalogExport extends OmdCommand {
  static override summary = "write the embedded catalog as JSON lines";
  static override description =
    "Entities, lineage and runs, without ids and times of writing: two catalogs with the same content give the same lines.";
  static override examples = ["<%= config.bin %> <%= command.id %> --output catalog.jsonl"];
  static override flags = {
    config: catalogFlags.config,
    "omd-home": catalogFlags["omd-home"],
    output: Flags.file({ char: "o", description: "file to write to; default: stdout", helpValue: "FILE" }),
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(CatalogExport);
    await withCatalog(flags, async (opened) => {
      const lines = needEmbedded(opened, "catalog export").exportLines();
      const text = Readable.from(ended(lines));
      if (flags.output === undefined) await pipeline(text, process.stdout, { end: false });
      else await pipeline(text, createWriteStream(resolve(flags.output)));
    });
    return 0;
  }
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield line.endsWith("\n") ? line : `${line}\n`;
}
