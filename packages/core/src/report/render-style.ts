export interface RenderOptions {
  /** Columns that the text may take. Default 120. */
  readonly width?: number | undefined;
  /** ANSI colours; default: none. */
  readonly colour?: boolean | undefined;
  /** All failures with whole stack traces instead of the first ten. */
  readonly allFailures?: boolean | undefined;
}

const codes = { bold: "1", red: "31", green: "32", yellow: "33", dim: "2" } as const;
export type Paint = (style: keyof typeof codes, text: string) => string;

/** Paints whole lines; without colours it leaves the text as it is. */
export function painter(colour: boolean | undefined): Paint {
  return (style, text) => (colour === true ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}
