import { reportSchema } from "@omd/core";
import { z } from "zod";

/** JSON Schema (2020-12) of what `--report` writes. */
export function reportJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(reportSchema, { io: "output" }), title: "omd report" };
}
