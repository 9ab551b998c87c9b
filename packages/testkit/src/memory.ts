import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ChildFigures {
  readonly exitCode: number | undefined;
  /** Most resident memory at any time, in bytes. Linux only; 0 elsewhere. */
  readonly peakBytes: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

function highWaterMark(pid: number | undefined): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Runs a command to its end and watches its memory. The kernel keeps the high-water mark, so that looking now and then is enough. */
export function measureChild(
  command: string,
  args: readonly string[],
  options: { cwd?: string | undefined; env?: NodeJS.ProcessEnv | undefined; timeoutMs?: number | undefined } = {},
): Promise<ChildFigures> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
    });
    let peakBytes = 0;
    const look = (): void => {
      peakBytes = Math.max(peakBytes, highWaterMark(child.pid));
    };
    const timer = setInterval(look, 20);
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString("utf8")));
    child.once("error", (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.once("close", (code) => {
      clearInterval(timer);
      resolve({ ...output, exitCode: code ?? undefined, peakBytes, elapsedMs: performance.now() - started });
    });
  });
}

export interface MemoryCeilingOptions {
  /** Runs the connector on a source of `size` (rows, DAGs, files) and tells the peak in bytes. */
  run(size: number): Promise<{ readonly peakBytes: number }>;
  readonly small: number;
  /** At least four times `small`. */
  readonly large: number;
  /** What the peak may grow from the small source to the large one, in bytes. */
  readonly allowedGrowthBytes: number;
}

/** Memory does not grow with the size of the source. Throws when it does; returns both peaks in bytes. */
export async function checkMemoryCeiling(
  options: MemoryCeilingOptions,
): Promise<{ readonly smallPeak: number; readonly largePeak: number }> {
  if (options.large < options.small * 4)
    throw new RangeError("the large source must be at least four times the small one");
  const smallPeak = (await options.run(options.small)).peakBytes;
  const largePeak = (await options.run(options.large)).peakBytes;
  if (smallPeak <= 0 || largePeak <= 0) throw new RangeError("the peak could not be measured");
  const grown = largePeak - smallPeak;
  if (grown > options.allowedGrowthBytes) {
    throw new Error(
      `memory grew by ${grown} bytes from ${options.small} to ${options.large} items; ${options.allowedGrowthBytes} are allowed`,
    );
  }
  return { smallPeak, largePeak };
}
