import { describe, expect, test } from "@jest/globals";
import { maskedEvent, maskedText } from "./event-mask.ts";

describe("maskedEvent", () => {
  test("hides what lies under secret-like keys and in URLs", () => {
    const event = {
      producer: "https://me:canary-1@example.org/x",
      run: { facets: { spark_properties: { properties: { "spark.hadoop.fs.s3a.secret.key": "canary-2" } } } },
      job: { facets: { env: [{ name: "DB_PASSWORD", value: "canary-3" }] } },
    };
    const text = JSON.stringify(maskedEvent(event));
    expect(text).not.toContain("canary");
    expect(text).toContain("example.org/x");
  });

  test("keeps columns that are called like secrets, and what lies below them masked by its own keys", () => {
    const fields = {
      access_token: { inputFields: [{ namespace: "n", name: "t", field: "token" }] },
      plain: { inputFields: [], password: "canary" },
    };
    const event = { inputs: [], outputs: [{ name: "t", facets: { columnLineage: { fields } } }] };
    const masked = maskedEvent(event) as typeof event;
    expect(masked.outputs[0]?.facets.columnLineage.fields.access_token).toEqual(fields.access_token);
    expect(JSON.stringify(masked)).not.toContain("canary");
  });

  test.each([[null], [1], ["text"], [[1, 2]], [{ inputs: [null], outputs: [{ facets: null }] }]])(
    "takes %j as it is",
    (value) => {
      expect(maskedEvent(value)).toEqual(value);
    },
  );
});

describe("maskedText", () => {
  test.each([
    [`{"password": "canary", "a": 1`],
    [`{"db_password":"can\\"ary`],
    ["api_key=canary&x=1"],
    ["Authorization: Bearer canary"],
    ["postgres://u:canary@host/db"],
    ["secret='canary'"],
  ])("hides the secret of %s", (text) => {
    expect(maskedText(text)).not.toContain("ary");
  });

  test("leaves other text", () => {
    expect(maskedText('{"name": "orders", "n": 1')).toBe('{"name": "orders", "n": 1');
  });
});
