type Redact = (text: string) => string;

const redactors: Redact[] = [];

/** From now on `redact` sees everything that this process prints, whoever prints it. */
export function guardOutput(redact: Redact): void {
  if (redactors.push(redact) > 1) return;
  for (const stream of [process.stdout, process.stderr]) guard(stream);
}

/** What is printed of `text`. */
export function redacted(text: string): string {
  return redactors.reduce((safe, redact) => redact(safe), text);
}

function guard(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;
  const guarded = (chunk: string | Uint8Array, ...rest: unknown[]): boolean =>
    write(redacted(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8")), ...rest);
  stream.write = guarded;
}
