import { kind } from "../format.ts";
import type { Point } from "../graph/layout.ts";
import { curve, middleOf } from "../graph/paths.ts";
import { short } from "../graph/short.ts";
import { lineLabel } from "./line-label.ts";
import { rowMiddle } from "./node-box.ts";
import type { Scene } from "./scene.ts";

/** A shape of a picture; pixels. */
type Shape =
  | {
      readonly kind: "box";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly dashed: boolean;
      readonly strong: boolean;
    }
  | { readonly kind: "line"; readonly path: string; readonly dashed: boolean; readonly thin: boolean }
  | { readonly kind: "tip"; readonly corners: readonly Point[]; readonly thin: boolean }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly size: number;
      readonly muted: boolean;
      readonly middle: boolean;
    };

/** Colours of a picture; it is always on white, whatever the theme. */
const colours = { ground: "#ffffff", line: "#85898c", text: "#1b2023", muted: "#575e63", accent: "#0b6b7c" };
const font = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const margin = 24;
/** Width in pixels of the ground that is left free around the words of a line. */
const halo = 4;
/** Browsers refuse canvases much larger than this; pixels. */
const largestSide = 12_000;

function shapesOf(scene: Scene, root: string): readonly Shape[] {
  const label = (x: number, y: number, text: string, size: number, muted: boolean, middle = false): Shape => ({
    kind: "text",
    x,
    y,
    text,
    size,
    muted,
    middle,
  });
  const lines = scene.lines.flatMap((line): Shape[] => {
    const words = lineLabel(line);
    const { x, y } = middleOf(line.from, line.to, line.via);
    return [
      {
        kind: "line",
        path: curve(line.from, line.to, line.via),
        dashed: line.kind === "unresolved",
        thin: line.kind === "column",
      },
      { kind: "tip", corners: tip(line.to, line.kind === "column" ? 3 : 4), thin: line.kind === "column" },
      ...(words === "" ? [] : [label(x, y - 4, short(words, 24), 10, true, true)]),
    ];
  });
  const boxes = [...scene.boxes.values()].flatMap((box): Shape[] => {
    const { x, y, width, height, node, end, shown } = box;
    return [
      { kind: "box", x, y, width, height, dashed: end !== undefined, strong: box.id === root },
      label(
        x + 12,
        y + 19,
        end ? "not in the catalog" : [kind(node?.type ?? ""), node?.service].filter(Boolean).join(" · "),
        11,
        true,
      ),
      label(x + 12, y + 38, short(end?.name ?? node?.displayName ?? node?.name ?? "", 25), 13, false),
      ...(shown?.columns ?? []).map((column, index) =>
        label(x + 12, y + rowMiddle(index) + 4, short(column.name, 26), 11, false),
      ),
    ];
  });
  return [...lines, ...boxes];
}

/** Lines come in from the left. */
function tip({ x, y }: Point, half: number): readonly Point[] {
  return [
    { x, y },
    { x: x - 2 * half, y: y - half },
    { x: x - 2 * half, y: y + half },
  ];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The graph as an SVG file. */
export function svgOf(scene: Scene, root: string): Blob {
  const [width, height] = [scene.width + 2 * margin, scene.height + 2 * margin];
  const shapes = shapesOf(scene, root).map((shape) => {
    if (shape.kind === "line") {
      return `<path d="${shape.path}" fill="none" stroke="${shape.thin ? colours.accent : colours.line}" stroke-width="${shape.thin ? 1 : 1.4}"${shape.dashed ? ' stroke-dasharray="5 4"' : ""}/>`;
    }
    if (shape.kind === "tip")
      return `<polygon points="${shape.corners.map(({ x, y }) => `${x},${y}`).join(" ")}" fill="${shape.thin ? colours.accent : colours.line}"/>`;
    if (shape.kind === "box") {
      return `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" rx="6" fill="${colours.ground}" stroke="${shape.strong ? colours.accent : colours.line}" stroke-width="${shape.strong ? 2 : 1}"${shape.dashed ? ' stroke-dasharray="5 4"' : ""}/>`;
    }
    return `<text x="${shape.x}" y="${shape.y}" font-size="${shape.size}" fill="${shape.muted ? colours.muted : colours.text}"${shape.middle ? ` text-anchor="middle" stroke="${colours.ground}" stroke-width="${halo}" paint-order="stroke"` : ""}>${escaped(shape.text)}</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="${font}"><rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${colours.ground}"/>${shapes.join("")}</svg>\n`;
  return new Blob([svg], { type: "image/svg+xml" });
}

/** The graph as a PNG file, at twice its size where a canvas can be that large. Rejects when the browser makes no picture. */
export async function pngOf(scene: Scene, root: string): Promise<Blob> {
  const [width, height] = [scene.width + 2 * margin, scene.height + 2 * margin];
  const scale = Math.min(2, largestSide / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser draws no pictures.");
  pen.scale(scale, scale);
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, width, height);
  pen.translate(margin, margin);
  for (const shape of shapesOf(scene, root)) draw(pen, shape);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large for this browser."))));
  });
}

function draw(pen: CanvasRenderingContext2D, shape: Shape): void {
  if (shape.kind === "text") {
    pen.font = `${shape.size}px ${font}`;
    pen.textAlign = shape.middle ? "center" : "left";
    if (shape.middle) {
      pen.lineWidth = halo;
      pen.strokeStyle = colours.ground;
      pen.strokeText(shape.text, shape.x, shape.y);
    }
    pen.fillStyle = shape.muted ? colours.muted : colours.text;
    pen.fillText(shape.text, shape.x, shape.y);
    return;
  }
  if (shape.kind === "tip") {
    pen.fillStyle = shape.thin ? colours.accent : colours.line;
    pen.beginPath();
    for (const { x, y } of shape.corners) pen.lineTo(x, y);
    pen.fill();
    return;
  }
  pen.setLineDash(shape.dashed ? [5, 4] : []);
  if (shape.kind === "line") {
    pen.lineWidth = shape.thin ? 1 : 1.4;
    pen.strokeStyle = shape.thin ? colours.accent : colours.line;
    pen.stroke(new Path2D(shape.path));
    return;
  }
  pen.lineWidth = shape.strong ? 2 : 1;
  pen.strokeStyle = shape.strong ? colours.accent : colours.line;
  pen.fillStyle = colours.ground;
  pen.beginPath();
  pen.roundRect(shape.x, shape.y, shape.width, shape.height, 6);
  pen.fill();
  pen.stroke();
}
