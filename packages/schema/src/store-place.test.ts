import { expect, test } from "@jest/globals";
import { storePlace } from "./store-place.ts";

test.each([
  ["s3://bucket/a/b", "s3", "//bucket/a/b"],
  ["S3A://Bucket/A//", "s3a", "//Bucket/A"],
  ["file:/srv/x", "file", "///srv/x"],
  ["file:///srv/x", "file", "///srv/x"],
  ["dbfs:/", "dbfs", ""],
])("%s", (fullPath, scheme, place) => {
  expect(storePlace(fullPath)).toEqual({ scheme, place });
});

test.each(["", "bucket/a", "/srv/x", "s3:"])("%j has no scheme", (fullPath) => {
  expect(storePlace(fullPath)).toBeUndefined();
});
