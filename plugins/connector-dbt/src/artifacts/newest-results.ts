import { readRunResults } from "./run-results.ts";
import type { Note } from "./fields.ts";
import type { ByteStream } from "./plain-bytes.ts";
import type { ArtifactMetadata, RunEnd, RunResult } from "./shapes.ts";

/** A result and the invocation that it is of. */
export interface DatedResult {
  readonly result: RunResult;
  readonly metadata: ArtifactMetadata;
  /** Milliseconds since 1970: when the node's execution ended, else when the file was written; undefined when neither is known. */
  readonly atMs: number | undefined;
  readonly file: string;
}

/** Commands that only compile; their "success" says nothing about a node. */
const compileOnly = new Set(["compile", "generate", "docs", "parse", "list", "ls", "show"]);
/** Commands whose results are of nodes that ran. */
const running = new Set(["run", "build", "test", "seed", "snapshot"]);
const notExecuted = new Set(["skipped", "no-op"]);

/** Whether a command ends before anything runs in the database. */
function isCompileOnly(which: string | undefined): boolean {
  return which !== undefined && compileOnly.has(which);
}

/** Whether dbt ran the node in this command: a result that says nothing counts as compiled only where the command may have been that. */
export function hasRun(which: string | undefined, { ranNothing }: Pick<RunResult, "ranNothing">): boolean {
  return !isCompileOnly(which) && (!ranNothing || running.has(which ?? ""));
}

/** How results are taken and kept. */
export interface ResultKeeping {
  /** Whether the project has a node of this id; a file of which it has none is of another project. Default: every node. */
  readonly knows?: ((uniqueId: string) => boolean) | undefined;
  /** What is held of a result; default: all but `raw`. */
  readonly keep?: ((result: RunResult) => RunResult) | undefined;
}

/** One file of run results, as {@link NewestResults} took it. */
export interface ReadRun {
  readonly metadata: ArtifactMetadata;
  /** The command: `run`, `build`, `test` … */
  readonly which: string | undefined;
  readonly elapsedSeconds: number | undefined;
  /** In the order of the file; only of nodes that the project has. */
  readonly results: readonly RunResult[];
  /** All its results are of nodes that the project does not have. */
  readonly isForeign: boolean;
}

/**
 * The newest result of each node over any number of run_results files, by the time at which the node itself ran.
 * What was compiled only is dropped; a skip stands only where a node was never executed.
 */
export class NewestResults {
  readonly #byNode = new Map<string, DatedResult>();
  readonly #knows: (uniqueId: string) => boolean;
  readonly #keep: (result: RunResult) => RunResult;

  constructor(keeping: ResultKeeping = {}) {
    this.#knows = keeping.knows ?? (() => true);
    // What a result keeps beside its fields may be large: the compiled SQL twice, rows of adapters.
    this.#keep = keeping.keep ?? ((result) => ({ ...result, raw: {} }));
  }

  /** Reads one file. Nothing of it is taken when it is broken: throws an ArtifactError then. */
  async add(stream: ByteStream, file: string, note?: Note): Promise<ReadRun | undefined> {
    const results: RunResult[] = [];
    let metadata: ArtifactMetadata | undefined;
    let end: RunEnd | undefined;
    let count = 0;
    for await (const item of readRunResults(stream, file, note)) {
      if (item.kind === "metadata") metadata = item.value;
      else if (item.kind === "end") end = item.value;
      // What `dbt run-operation` ran is a macro, of this project or a package.
      else if (!item.value.uniqueId.startsWith("macro.")) {
        count += 1;
        if (this.#knows(item.value.uniqueId)) results.push(this.#keep(item.value));
      }
    }
    if (metadata === undefined) return undefined;
    const which = end?.which;
    for (const result of results) if (hasRun(which, result)) this.#offer(result, metadata, file);
    const isForeign = count > 0 && results.length === 0;
    return { metadata, which, elapsedSeconds: end?.elapsedSeconds, results, isForeign };
  }

  get(uniqueId: string): DatedResult | undefined {
    return this.#byNode.get(uniqueId);
  }

  all(): IterableIterator<DatedResult> {
    return this.#byNode.values();
  }

  get size(): number {
    return this.#byNode.size;
  }

  #offer(result: RunResult, metadata: ArtifactMetadata, file: string): void {
    const offered = { result, metadata, atMs: timeOf(result, metadata), file };
    const known = this.#byNode.get(result.uniqueId);
    if (known === undefined || isNewer(offered, known)) this.#byNode.set(result.uniqueId, offered);
  }
}

function isNewer(offered: DatedResult, known: DatedResult): boolean {
  const executed = Number(!notExecuted.has(offered.result.status)) - Number(!notExecuted.has(known.result.status));
  if (executed !== 0) return executed > 0;
  return (offered.atMs ?? -Infinity) >= (known.atMs ?? -Infinity);
}

function timeOf(result: RunResult, metadata: ArtifactMetadata): number | undefined {
  return parseTime(result.completedAt) ?? parseTime(metadata.generatedAt);
}

/** Milliseconds of an ISO time as dbt writes it: `Z`, an offset, or neither (then UTC). */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/u.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}
