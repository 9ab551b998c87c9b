/** 128 + SIGINT, as shells count. */
const interruptedExit = 130;

export interface Signals {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** The first SIGINT or SIGTERM aborts; the second ends the process at once with 130. */
export function abortOnSignals(): Signals {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(interruptedExit);
    process.stderr.write(
      `\n${name}: stopping. What was read is still written, nothing is deleted. Once more to stop at once.\n`,
    );
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
