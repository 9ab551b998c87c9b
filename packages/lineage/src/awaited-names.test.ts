import { expect, test } from "@jest/globals";
import { awaitedNames } from "./awaited-names.ts";

const texts = (dataset: string): string[] => awaitedNames(dataset).map(({ kind, name }) => `${kind} ${name}`);

test.each([
  ["postgres://h:5432/Shop.Public.Orders", ["table orders"]],
  ['postgres://h:5432/shop.public."a.b::C"', ["table a.b__reserved__colon__c"]],
  ["kafka://broker:9092/Orders.v1", ["topic orders.v1"]],
  ["s3a://Lake/in/Day.csv", ["place //lake/in/day.csv", "place //lake/in", "place //lake"]],
  ["file:///srv/x", ["place ///srv/x", "place ///srv"]],
  ['x-omd:pg.shop.public."my.Table"', ["table my.table", "container my.table"]],
  ["x-omd:kafka.Orders", ["topic orders", "container orders", "pipeline orders"]],
  ["x-omd:topic:kafka.Orders", ["topic orders"]],
  ["x-omd:shop.public.orders", ["container orders", "table orders"]],
])("%s", (dataset, expected) => {
  expect(texts(dataset)).toEqual(expected);
});

test.each(["", "orders", "ftp://host/x", "postgres://h:5432/orders", "arn:aws:sqs:eu-west-1:1:queue"])(
  "nothing that comes could be %j",
  (dataset) => {
    expect(awaitedNames(dataset)).toEqual([]);
  },
);
