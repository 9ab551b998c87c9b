import { OmdCommand } from "../omd-command.ts";
import { openBrowser } from "../open-browser.ts";
import { firstPage, servingText, startFromFlags, untilStopped } from "../serve-catalog.ts";
import { serveFlags } from "../serve-flags.ts";

export default class Ui extends OmdCommand {
  static override summary = "serve the embedded catalog and open its page in the browser";
  static override description = "The same as omd serve, which says more about the flags.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = serveFlags;

  async run(): Promise<number> {
    const { flags } = await this.parse(Ui);
    const server = await startFromFlags(flags, this.packageFolders);
    await untilStopped(server, async () => {
      if (flags.json) this.printJson({ url: server.url });
      this.tell(servingText(server.url, flags));
      const page = firstPage(server.url, flags);
      if (!(await openBrowser(page))) this.tell(`No program to open a browser was found; open ${page} yourself.`);
    });
    return 0;
  }
}
