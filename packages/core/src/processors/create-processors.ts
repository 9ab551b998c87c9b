import { z } from "zod";
import { ConfigError } from "../config/config-error.ts";
import { explainIssues } from "../config/explain-issues.ts";
import type { Processor } from "../contracts/index.ts";
import { addDomainsProcessor, addTagsProcessor } from "./add-labels.ts";
import { filterProcessor } from "./filter.ts";
import { normalizeNamesProcessor } from "./normalize-names.ts";
import { processorConfig, type ProcessorConfig } from "./processor-config.ts";
import { redactProcessor } from "./redact.ts";

/** Builds the processors of `omd.processors`, in order. Throws ConfigError with everything that is wrong in them. */
export function createProcessors(configs: readonly unknown[]): readonly Processor[] {
  const schema = z.array(processorConfig);
  const parsed = schema.safeParse(configs);
  if (parsed.success) return parsed.data.map(createProcessor);
  const explained = explainIssues(parsed.error.issues, configs, z.toJSONSchema(schema, { io: "input" }));
  const issues = explained.map(({ path, message, suggestion }) => ({
    file: "config",
    path: ["omd", "processors", ...path],
    message,
    suggestion,
  }));
  throw new ConfigError(issues);
}

function createProcessor(config: ProcessorConfig): Processor {
  switch (config.type) {
    case "filter":
      return filterProcessor(config);
    case "add-tags":
      return addTagsProcessor(config);
    case "add-domains":
      return addDomainsProcessor(config);
    case "normalize-names":
      return normalizeNamesProcessor(config);
    default:
      return redactProcessor(config);
  }
}
