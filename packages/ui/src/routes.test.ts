import { expect, test } from "@jest/globals";
import { routeOf, to } from "./routes.ts";

test.each([
  ["/", { page: "home" }],
  ["/search", { page: "search" }],
  ["/runs/", { page: "runs" }],
  ["/runs/a%20b", { page: "run", id: "a b" }],
  ["/entity/table/shop.db", { page: "entity", type: "table", fqn: "shop.db" }],
  ["/nothing", { page: "missing" }],
  ["/entity/table", { page: "missing" }],
  ["/entity/table/a/b", { page: "missing" }],
  ["/entity/table/%E0%A4%A", { page: "missing" }],
])("%s", (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test.each(['lake."s3://raw/x y".part', "größe.日本", "a%2Fb?c#d"])("the address of %s leads back to it", (fqn) => {
  const { pathname } = new URL(to.lineage("container", fqn, { up: 3 }), "http://omd.example");
  expect(routeOf(pathname)).toEqual({ page: "lineage", type: "container", fqn });
});

test("filters are repeated, and empty ones left out", () => {
  expect(to.search({ q: "", type: ["table", "pipeline"], owner: undefined })).toBe("/search?type=table&type=pipeline");
});
