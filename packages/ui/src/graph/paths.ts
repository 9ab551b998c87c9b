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

/** SVG path of a curve that leaves to the right, arrives from the left and goes level through the points between. */
export function curve(from: Point, to: Point, via: readonly Point[] = []): string {
  const least = via.length === 0 ? 30 : 0;
  let [path, before] = [`M${at(from)}`, from];
  for (const next of [...via, to]) {
    const reach = Math.max(least, Math.abs(next.x - before.x) / 2);
    path += `C${at({ x: before.x + reach, y: before.y })} ${at({ x: next.x - reach, y: next.y })} ${at(next)}`;
    before = next;
  }
  return path;
}

/** The middle of such a curve, and how wide the piece around it is. */
export function middleOf(from: Point, to: Point, via: readonly Point[] = []): Point & { readonly width: number } {
  const points = [from, ...via, to];
  const [one = from, two = to] = points.slice(Math.ceil(points.length / 2) - 1);
  return { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2, width: Math.abs(two.x - one.x) };
}

function towards(from: Point, target: Point): Point {
  const length = Math.hypot(target.x - from.x, target.y - from.y);
  const share = length === 0 ? 0 : Math.min(corner, length / 2) / length;
  return { x: from.x + (target.x - from.x) * share, y: from.y + (target.y - from.y) * share };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
