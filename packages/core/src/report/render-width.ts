const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Blocks that terminals draw two columns wide: Unicode's East Asian Width W and F, shortened to whole blocks (UAX #11). */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;
const zeroWidth = /^[\p{Mark}\p{Cf}]+$/u;
// oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g;

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  // Printable ASCII, the usual case.
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Fills up with spaces to `width` columns. */
export function padTo(text: string, width: number, align: "left" | "right" = "left"): string {
  const gap = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + gap : gap + text;
}

/** The text without control characters other than line feeds: a name from a source must not move the cursor. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(control, " ");
}

/** Breaks text into lines of at most `width` columns: at spaces, else after `.`, `/`, `_`, `-`, `:`, `,`, else anywhere. */
export function wrapText(text: string, width: number): string[] {
  return printable(text)
    .split("\n")
    .flatMap((line) => wrapLine(line.trimEnd(), Math.max(1, width)));
}

function wrapLine(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const lines: string[] = [];
  let current = "";
  let used = 0;
  for (const piece of pieces(line, width)) {
    const size = displayWidth(piece);
    if (used + displayWidth(piece.trimEnd()) > width && current !== "") {
      lines.push(current.trimEnd());
      current = "";
      used = 0;
      if (piece.trim() === "") continue;
    }
    current += piece;
    used += size;
  }
  if (current.trimEnd() !== "") lines.push(current.trimEnd());
  return lines;
}

/** Parts that should stay whole; one that is wider than a line comes in bits that are not. */
function pieces(line: string, width: number): string[] {
  const words = line.match(/\s+|[^\s./_:,-]*[./_:,-]+|[^\s./_:,-]+/gu) ?? [];
  return words.flatMap((word) => (displayWidth(word) <= width ? [word] : bits(word, width)));
}

function bits(word: string, width: number): string[] {
  const found: string[] = [];
  let current = "";
  let used = 0;
  for (const { segment } of graphemes.segment(word)) {
    const size = graphemeWidth(segment);
    if (used + size > width && current !== "") {
      found.push(current);
      current = "";
      used = 0;
    }
    current += segment;
    used += size;
  }
  return [...found, current];
}

function graphemeWidth(grapheme: string): number {
  if (zeroWidth.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
