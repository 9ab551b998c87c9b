export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  hasColors?(): boolean;
}

export interface TextStyle {
  /** Columns that text may take. */
  readonly width: number;
  readonly colour: boolean;
}

/** How text for people should look on a stream: no colours unless it is a terminal and the user wants them (https://no-color.org). */
export function styleOf(stream: TerminalStream, env: NodeJS.ProcessEnv = process.env): TextStyle {
  const columns = Number(env["COLUMNS"]);
  const width = stream.columns ?? (columns > 0 ? columns : 120);
  const wanted = (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return { width: Math.max(width, 40), colour: wanted && stream.isTTY === true && stream.hasColors?.() !== false };
}
