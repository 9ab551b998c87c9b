import { OmdCommand } from "../../omd-command.ts";

export default class ReportSchema extends OmdCommand {
  static override summary = "print the JSON Schema of the report";

  async run(): Promise<number> {
    await this.parse(ReportSchema);
    const { reportJsonSchema } = await import("../../report-json-schema.ts");
    this.printJson(reportJsonSchema());
    return 0;
  }
}
