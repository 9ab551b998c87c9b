import { createHttpRuntime } from "@omd/http";
import { dbtConfigSource, openProjects, type PlaceContext, type Project } from "../src/index.ts";
import { all, text } from "./bytes.ts";

/** What a place gets of a run, with all that it tells. */
export class FakePlaceContext implements PlaceContext {
  readonly warnings: string[] = [];
  readonly secrets: string[] = [];
  /** What was said in passing. */
  readonly said: string[] = [];
  readonly signal = new AbortController().signal;
  readonly #runtime = createHttpRuntime({ defaults: { retry: { baseMs: 1, limit: 2 } } });

  readonly http: PlaceContext["http"] = (options) => this.#runtime.client(options);
  readonly warn = (name: string, reason: string): void => void this.warnings.push(`${name}: ${reason}`);
  readonly log = {
    debug: () => undefined,
    info: (message: string) => void this.said.push(message),
    warn: () => undefined,
    error: () => undefined,
  };
  readonly secret = (value: string): void => void this.secrets.push(value);
}

export async function projectsOf(config: unknown, context = new FakePlaceContext()): Promise<Project[]> {
  return all(openProjects(dbtConfigSource.parse(config), context));
}

/** `kind file` of each artifact. */
export function listed(project: Project | undefined): string[] {
  return (project?.artifacts() ?? []).map(({ kind, file }) => `${kind} ${file}`);
}

/** What each artifact holds, by file. */
export async function contents(project: Project | undefined): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const artifact of project?.artifacts() ?? []) found[artifact.file] = await text(artifact.open());
  return found;
}
