import type { Point } from "./layout.ts";

const corner = 6;

/** SVG path through the points, corners rounded. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${at(first)}`;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    const before = points[index] ?? first;
    path += next ? `L${at(towards(point, before))}Q${at(point)} ${at(towards(point, next))}` : `L${at(point)}`;
  }
  return path;
}

/** SVG path of a curve that leaves to the right and arrives from the left. */
export function curve(from: Point, to: Point): string {
  const reach = Math.max(30, Math.abs(to.x - from.x) / 2);
  return `M${at(from)}C${at({ x: from.x + reach, y: from.y })} ${at({ x: to.x - reach, y: to.y })} ${at(to)}`;
}

function towards(from: Point, target: Point): Point {
  const length = Math.hypot(target.x - from.x, target.y - from.y);
  const share = length === 0 ? 0 : Math.min(corner, length / 2) / length;
  return { x: from.x + (target.x - from.x) * share, y: from.y + (target.y - from.y) * share };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
