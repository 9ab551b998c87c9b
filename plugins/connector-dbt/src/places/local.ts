import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LocalFiles } from "../config.ts";
import { Directories, type StoredObject } from "./directories.ts";
import { artifactsBelow, deepest, passedOver } from "./local-tree.ts";
import { isOfAnotherProgram } from "./manifest-head.ts";
import {
  artifactKindOf,
  placeError,
  projectOf,
  type Artifact,
  type ArtifactKind,
  type PlaceContext,
  type Project,
} from "./project.ts";

/** Files on this machine. Throws OMD_CONNECTION naming the path that is not there or may not be read. */
export async function* localProjects(config: LocalFiles, context: PlaceContext): AsyncGenerator<Project> {
  const manifest = config.dbtManifestFilePath;
  const { isDirectory } = await lookAt(manifest, "manifest.json");
  if (isDirectory) {
    const project = await directoryProject(manifest, config);
    if (project !== undefined) yield project;
    else yield* projectsBelow(manifest, config, context);
    return;
  }
  yield projectOf(dirname(manifest), [await artifactAt("manifest", manifest), ...(await named(config))]);
}

async function named(config: LocalFiles): Promise<Artifact[]> {
  const paths: readonly [ArtifactKind, keyof LocalFiles, string | undefined][] = [
    ["catalog", "dbtCatalogFilePath", config.dbtCatalogFilePath],
    ["sources", "dbtSourcesFilePath", config.dbtSourcesFilePath],
    ["semanticManifest", "dbtSemanticManifestFilePath", config.dbtSemanticManifestFilePath],
    ...config.dbtRunResultsFilePath.map((path): [ArtifactKind, keyof LocalFiles, string] => [
      "runResults",
      "dbtRunResultsFilePath",
      path,
    ]),
  ];
  const artifacts: Artifact[] = [];
  for (const [kind, key, path] of paths) if (path !== undefined) artifacts.push(await optionalAt(kind, key, path));
  return artifacts;
}

/** Only the manifest must be there: another file that is missing is told when it is to be read, as a gap of its project. */
async function optionalAt(kind: ArtifactKind, key: keyof LocalFiles, path: string): Promise<Artifact> {
  try {
    return await artifactAt(kind, path, key);
  } catch {
    return { kind, file: path, bytes: undefined, modifiedAtMs: undefined, open: () => lookedForAgain(kind, key, path) };
  }
}

async function* lookedForAgain(kind: ArtifactKind, key: keyof LocalFiles, path: string): AsyncGenerator<Uint8Array> {
  yield* (await artifactAt(kind, path, key)).open();
}

/** What is named beside a directory takes the place of what lies in it. Undefined where no manifest does. */
async function directoryProject(directory: string, config: LocalFiles): Promise<Project | undefined> {
  const names = (await readdir(directory)).toSorted();
  if (!names.some((name) => artifactKindOf(name)?.kind === "manifest")) return undefined;
  const given = await named(config);
  const kinds = new Set(given.map(({ kind }) => kind));
  const artifacts = [...given];
  for (const name of names) {
    const found = artifactKindOf(name);
    if (found === undefined || kinds.has(found.kind)) continue;
    artifacts.push({ ...(await artifactAt(found.kind, join(directory, name))), ...found });
    if (found.kind !== "runResults") kinds.add(found.kind);
  }
  return projectOf(directory, artifacts);
}

/** The projects in directories below one that has no manifest, by the rules of buckets: of each project the newest directory. */
async function* projectsBelow(root: string, config: LocalFiles, context: PlaceContext): AsyncGenerator<Project> {
  const foreign: string[] = [];
  const directories = new Directories<StoredObject>(({ key }) => fileAt(join(root, key)));
  for await (const stored of artifactsBelow(root, context)) {
    if (await isForeign(root, stored)) foreign.push(stored.key);
    else directories.take(stored);
  }
  for (const key of foreign)
    context.log.info(`${join(root, key)}: left out, it is the manifest.json of another program than dbt`);
  const none = (): Error => noManifest(root, foreign);
  const found: Project[] = [];
  const place = root.replace(/(?<=.)\/+$/u, "");
  for await (const one of directories.newest(context, { place, key: "dbtManifestFilePath", none })) found.push(one);
  yield* withNamed(found, await named(config), root);
}

/** Programs for the web have files of this name too. */
async function isForeign(root: string, { key, bytes, modifiedAtMs }: StoredObject): Promise<boolean> {
  const kind = artifactKindOf(key.slice(key.lastIndexOf("/") + 1))?.kind;
  return kind === "manifest" && isOfAnotherProgram({ kind, bytes, modifiedAtMs, ...fileAt(join(root, key)) });
}

/** What is named is of one project, and which one would be a guess where there are several. */
function withNamed(found: readonly Project[], given: readonly Artifact[], root: string): readonly Project[] {
  const [only] = found;
  if (given.length === 0 || only === undefined) return found;
  if (found.length > 1)
    throw placeError(
      `${given.map(({ file }) => file).join(", ")}: of which project? Below ${root} there are ${found.length}`,
      {
        hint: "Leave these paths out, then the files that lie beside each manifest are read; or give one project's directory as dbtManifestFilePath.",
      },
    );
  const kinds = new Set(given.map(({ kind }) => kind));
  return [projectOf(only.name, [...only.artifacts().filter(({ kind }) => !kinds.has(kind)), ...given])];
}

function noManifest(root: string, foreign: readonly string[]): Error {
  const others = foreign.length === 0 ? "" : ` (${foreign.join(", ")}: of another program than dbt)`;
  const over = [...passedOver].join(", ");
  return placeError(
    `no manifest.json in ${root} or in the directories below it${others}; looked for manifest.json and manifest.json.gz, ${deepest} levels deep, not in ${over} and hidden directories`,
    {
      hint: "Give the directory that dbt writes to (`target`), or run `dbt compile` or any other command of dbt first.",
    },
  );
}

async function artifactAt(kind: ArtifactKind, path: string, what = basename(path)): Promise<Artifact> {
  const { isDirectory, bytes, modifiedAtMs } = await lookAt(path, what);
  if (isDirectory) throw placeError(`${what}: ${path} is a directory`, { hint: "Give the path of the file." });
  return { kind, bytes, modifiedAtMs, ...fileAt(path) };
}

function fileAt(path: string): Pick<Artifact, "file" | "open"> {
  return { file: path, open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
}

async function lookAt(
  path: string,
  what: string,
): Promise<{ isDirectory: boolean; bytes: number; modifiedAtMs: number }> {
  try {
    const found = await stat(path);
    return { isDirectory: found.isDirectory(), bytes: found.size, modifiedAtMs: found.mtimeMs };
  } catch (cause) {
    const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
    const problem = code === "ENOENT" ? "is not there" : `cannot be read (${code})`;
    throw placeError(`${what}: ${path} ${problem}`, {
      hint: `Paths are seen from the working directory, ${process.cwd()}.`,
      cause,
    });
  }
}
