import crypto from "node:crypto";

/** A UUID. In Node that has them, of version 7: ids of one time lie together in the file's indexes, so that large catalogs are written faster. */
export const newId: () => string =
  (crypto as { randomUUIDv7?: () => string }).randomUUIDv7 ?? (() => crypto.randomUUID());
