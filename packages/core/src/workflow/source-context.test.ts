import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { configFromObject } from "../config/index.ts";
import { sourceConfig } from "./source-context.ts";

describe("parseConnection", () => {
  const schema = z.strictObject({ type: z.string(), hostPort: z.string() });
  const parsed = (type: string, connection: Record<string, unknown>, wanted: z.ZodType = schema) =>
    sourceConfig(
      configFromObject({
        source: { type, serviceName: "s", serviceConnection: { config: connection }, sourceConfig: { config: {} } },
      }),
      connection,
      { options: {}, takeAll: () => undefined },
    ).parseConnection(wanted);
  const named = { sourcePythonClass: "a.b.C", sourceClass: "d.E" };

  test("keys that name the class of a custom source are not the connector's", () => {
    expect(parsed("customPipeline", { type: "CustomPipeline", hostPort: "h", ...named })).toEqual({
      type: "CustomPipeline",
      hostPort: "h",
    });
    expect(() => parsed("customPipeline", { type: "CustomPipeline", hostPrt: "h", ...named })).toThrow(/hostPrt/);
    expect(() => parsed("customPipeline", { type: "CustomPipeline", hostPrt: "h", ...named })).not.toThrow(/Class/);
  });

  test("a connector that asks for them gets them, and elsewhere they are unknown", () => {
    const asks = z.strictObject({ type: z.string(), sourcePythonClass: z.string() });
    const connection = { type: "CustomPipeline", sourcePythonClass: "a.b.C" };
    expect(parsed("customPipeline", connection, asks)).toEqual(connection);
    expect(() => parsed("airflow", { type: "Airflow", hostPort: "h", ...named })).toThrow(
      /sourcePythonClass: unknown key/,
    );
  });
});
