import { Args, Flags } from "@oclif/core";
import { entityTypeFlag } from "../../entity-type-flag.ts";
import { findEntity } from "../../find-entity.ts";
import { OmdCommand } from "../../omd-command.ts";
import { openBrowser } from "../../open-browser.ts";
import { catalogFlags, needEmbedded, withCatalog } from "../../open-catalog.ts";
import { defaultServerUrl, runningServer } from "../../running-server.ts";

export default class CatalogOpen extends OmdCommand {
  static override summary = "open the page of an entity on a running omd serve";
  static override description = "Prints the address; opens it in the browser when run on a terminal.";
  static override examples = ["<%= config.bin %> <%= command.id %> shop.public.orders"];
  static override args = { fqn: Args.string({ required: true, description: "its fully qualified name" }) };
  static override flags = {
    ...catalogFlags,
    type: entityTypeFlag,
    url: Flags.string({
      description: "where omd serve listens",
      env: "OMD_SERVER_URL",
      default: defaultServerUrl,
      helpValue: "URL",
    }),
    browser: Flags.boolean({ description: "open the browser", default: true, allowNo: true }),
  };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogOpen);
    const found = await withCatalog(flags, async (opened) => {
      const embedded = needEmbedded(opened, "catalog open");
      return { ...(await findEntity(embedded, args.fqn, flags.type)), identity: embedded.identity };
    });
    const server = await runningServer(flags.url, found.identity);
    const url = [server, "entity", found.type, encodeURIComponent(found.entity.fullyQualifiedName)].join("/");
    if (flags.json) this.printJson({ url });
    else this.print(url);
    if (flags.browser && !flags.json && process.stdout.isTTY && !(await openBrowser(url)))
      this.tell("No browser could be opened: open the address by hand.");
    return 0;
  }
}
