import { describe, expect, test } from "@jest/globals";
import { configFromObject, parseConfig } from "./load-config.ts";

const source = "source: {type: x, serviceName: s, sourceConfig: {}}\n";

function complaint(text: string): string {
  try {
    parseConfig(source + text, { fileName: "a.yaml", env: {} });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

describe("sink", () => {
  test.each([
    [
      "type: metadata-rst",
      '2:14 sink.type: must be one of metadata-rest, file, got "metadata-rst" (did you mean metadata-rest?)',
    ],
    ["type: fil", '2:14 sink.type: must be one of metadata-rest, file, got "fil" (did you mean file?)'],
    ["config: {}", "2:1 sink.type: missing key: one of metadata-rest, file"],
    ["type: file", "2:1 sink.config: missing key"],
    ["type: file, config: {}", "2:20 sink.config.filename: missing key"],
    ["type: file, config: {filename: a, fileName: b}", "2:42 sink.config.fileName: unknown key"],
    ["type: file, config: {filename: 1}", "2:39 sink.config.filename: expected text, got a number"],
    ["type: metadata-rest, config: {filename: a}", "2:38 sink.config.filename: unknown key"],
    [
      "type: metadata-rest, config: {bulk_sink_batch_size: 0}",
      "2:60 sink.config.bulk_sink_batch_size: must be at least 1",
    ],
  ])("{%s} is refused", (sink, message) => {
    expect(complaint(`sink: {${sink}}\n`)).toContain(`a.yaml:${message}`);
  });

  // metadata/ingestion/sink/metadata_rest.py of OpenMetadata 1.12: the options that it has.
  test.each([
    ["type: metadata-rest"],
    ["type: metadata-rest, config: "],
    ["type: metadata-rest, config: {}"],
    ["type: metadata-rest, config: {api_endpoint: 'http://om/api', bulk_sink_batch_size: 50}"],
    ["type: metadata-rest, config: {enable_async_pipeline: false, async_pipeline_workers: 4}"],
    ["type: file, config: {filename: out.jsonl}"],
  ])("{%s} is taken", (sink) => {
    expect(complaint(`sink: {${sink}}\n`)).toBe("");
  });
});

test("steps of other workflows are taken, whatever they are", () => {
  const step = { type: "query-parser", config: { any: 1 } };
  const object = {
    source: { type: "x", serviceName: "s", sourceConfig: {} },
    processor: step,
    stage: step,
    bulkSink: step,
  };
  expect(configFromObject(object)).toMatchObject({ processor: step, stage: step, bulkSink: step });
});
