import { OmdCommand } from "../omd-command.ts";
import { openBrowser } from "../open-browser.ts";
import { alreadyServed, firstPage, servingText, startFromFlags, untilStopped } from "../serve-catalog.ts";
import { serveFlags, type ServeFlagValues } from "../serve-flags.ts";

export default class Ui extends OmdCommand {
  static override summary = "serve the embedded catalog and open its page in the browser";
  static override description =
    "The same as omd serve, which says more about the flags. Where the catalog is served at that port already, its page is opened.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = serveFlags;

  async run(): Promise<number> {
    const { flags } = await this.parse(Ui);
    const server = await startFromFlags(flags, this.packageFolders).catch(async (error: unknown) => {
      const url = await alreadyServed(error, flags);
      if (url === undefined) throw error;
      return url;
    });
    if (typeof server === "string") {
      if (flags.json) this.printJson({ url: server });
      this.tell(`The catalog in ${flags["omd-home"]} is served at ${server} already.`);
      await this.#show(server, flags);
      return 0;
    }
    await untilStopped(server, async () => {
      if (flags.json) this.printJson({ url: server.url });
      this.tell(servingText(server.url, flags));
      await this.#show(server.url, flags);
    });
    return 0;
  }

  async #show(url: string, flags: ServeFlagValues): Promise<void> {
    const page = firstPage(url, flags);
    if (!(await openBrowser(page))) this.tell(`No program to open a browser was found; open ${page} yourself.`);
  }
}
