import { describe, expect, test } from "@jest/globals";
import { NamespaceServices } from "./namespace-services.ts";

const mapping = new NamespaceServices({
  "postgres://db:5432": ["shop"],
  "postgres://db": ["any_port"],
  "s3://": ["lake"],
  "s3://archive/": ["archive"],
  "prod-*": ["prod"],
  "prod-eu": ["prod_eu"],
  "snowflake://Org-Acct": ["snow", "snow2"],
  warehouse: ["dwh"],
});

describe("a namespace means the services of", () => {
  test.each([
    ["postgres://db:5432", ["shop"]],
    ["POSTGRES://DB:5432/", ["shop"]],
    ["postgres://db:5433", ["any_port"]],
    ["postgres://db", ["any_port"]],
    ["s3://bucket", ["lake"]],
    ["s3://archive", ["archive"]],
    ["s3://archive/2024", ["archive"]],
    ["prod-us", ["prod"]],
    ["prod-eu", ["prod_eu"]],
    ["prod-eu-2", ["prod"]],
    ["snowflake://org-acct", ["snow", "snow2"]],
    ["warehouse", ["dwh"]],
  ])("%s", (namespace, services) => {
    expect(mapping.of(namespace)).toEqual(services);
  });

  test.each(["postgres://db2:5432", "postgres://db-old", "s3a://bucket", "warehouse2", "prod", "mysql://db", ""])(
    "nothing for %j",
    (namespace) => {
      expect(mapping.of(namespace)).toEqual([]);
    },
  );

  test("a bucket whose name begins like another's is another", () => {
    expect(new NamespaceServices({ "s3://lake": ["a"] }).of("s3://lake-old")).toEqual([]);
  });
});

test("services are told once; the key is empty without a mapping, and the same whatever the order", () => {
  expect(new NamespaceServices().services).toEqual([]);
  expect(new NamespaceServices().key).toBe("");
  const [a, b] = [
    new NamespaceServices({ x: ["1"], y: ["1", "2"] }),
    new NamespaceServices({ y: ["1", "2"], x: ["1"] }),
  ];
  expect(a.services.toSorted()).toEqual(["1", "2"]);
  expect(a.key).toBe(b.key);
  expect(a.key).not.toBe(new NamespaceServices({ x: ["2"], y: ["1", "2"] }).key);
});
