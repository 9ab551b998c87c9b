export type GraphDirection = "upstream" | "downstream";

/** Columns of edges by the direction of a step: the end that it begins at, and the other. */
export const ends = {
  upstream: { near: "to_id", far: "from_id" },
  downstream: { near: "from_id", far: "to_id" },
} as const;
