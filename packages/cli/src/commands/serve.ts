import { OmdCommand } from "../omd-command.ts";
import { servingText, startFromFlags, untilStopped } from "../serve-catalog.ts";
import { serveFlags } from "../serve-flags.ts";

export default class Serve extends OmdCommand {
  static override summary = "serve the embedded catalog: OpenMetadata's REST API, an OpenLineage receiver and a page";
  static override description =
    "On this machine's own address any token is accepted, or none; elsewhere --token-file is needed. It runs until it is stopped.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --host 0.0.0.0 --token-file token --tls-cert cert.pem --tls-key key.pem",
  ];
  static override flags = serveFlags;

  async run(): Promise<number> {
    const { flags } = await this.parse(Serve);
    const server = await startFromFlags(flags, this.packageFolders);
    await untilStopped(server, () => {
      if (flags.json) this.printJson({ url: server.url });
      this.tell(servingText(server.url, flags));
    });
    return 0;
  }
}
