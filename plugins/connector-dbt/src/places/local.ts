import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LocalFiles } from "../config.ts";
import { artifactKindOf, placeError, projectOf, type Artifact, type ArtifactKind, type Project } from "./project.ts";

/** Files on this machine. Throws OMD_CONNECTION naming the path that is not there or may not be read. */
export async function* localProjects(config: LocalFiles): AsyncGenerator<Project> {
  const manifest = config.dbtManifestFilePath;
  const { isDirectory } = await lookAt(manifest, "manifest.json");
  if (isDirectory) {
    yield await directoryProject(manifest, config);
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

/** What is named beside a directory takes the place of what lies in it. */
async function directoryProject(directory: string, config: LocalFiles): Promise<Project> {
  const given = await named(config);
  const kinds = new Set(given.map(({ kind }) => kind));
  const artifacts = [...given];
  for (const name of (await readdir(directory)).toSorted()) {
    const found = artifactKindOf(name);
    if (found === undefined || kinds.has(found.kind)) continue;
    artifacts.push({ ...(await artifactAt(found.kind, join(directory, name))), ...found });
    if (found.kind !== "runResults") kinds.add(found.kind);
  }
  if (!artifacts.some(({ kind }) => kind === "manifest"))
    throw placeError(`no manifest.json in ${directory}`, { hint: "Run `dbt compile` or any other command of dbt." });
  return projectOf(directory, artifacts);
}

async function artifactAt(kind: ArtifactKind, path: string, what = basename(path)): Promise<Artifact> {
  const { isDirectory, bytes, modifiedAtMs } = await lookAt(path, what);
  if (isDirectory) throw placeError(`${what}: ${path} is a directory`, { hint: "Give the path of the file." });
  return { kind, file: path, bytes, modifiedAtMs, open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
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
