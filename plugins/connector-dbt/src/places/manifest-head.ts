import { constants, gunzipSync } from "node:zlib";
import { md5 } from "@omd/schema";
import { Fields, isRaw } from "../artifacts/fields.ts";
import { readSections } from "../artifacts/json-sections.ts";
import { parseTime } from "../artifacts/newest-results.ts";
import type { ByteStream } from "../artifacts/plain-bytes.ts";
import type { Artifact } from "./project.ts";

/** What the beginning of a manifest tells of whose it is. */
export interface ManifestHead {
  /** Project and adapter: the same for all runs of a project. */
  readonly project: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly generatedAtMs: number | undefined;
  /** `database.schema` of the first models, seeds and snapshots by unique id: they tell environments of a project apart. */
  readonly places: ReadonlyMap<string, string>;
  /** Whether `places` has all of them. */
  readonly isWhole: boolean;
}

export interface PeekedManifest {
  /** Undefined where the file does not tell: it is broken, cannot be read, or is no manifest. */
  readonly head: ManifestHead | undefined;
  /** Goes on, when it is opened, behind what was read. */
  readonly artifact: Artifact;
  /** Lets go of what was read. */
  leave(): Promise<void>;
}

/** So much of the beginning is looked at. */
const headBytes = 256 * 1024;

/** Reads the beginning of a manifest, `firstBytes` of it where the store gives parts. */
export async function peekManifest(artifact: Artifact, firstBytes: number): Promise<PeekedManifest> {
  const stream = artifact.open(firstBytes)[Symbol.asyncIterator]();
  const leave = async (): Promise<void> => void (await stream.return?.());
  let first: Uint8Array;
  try {
    const piece = await stream.next();
    first = piece.done === true ? new Uint8Array(0) : piece.value;
  } catch {
    // Told when the project itself is read.
    return { head: undefined, artifact, leave };
  }
  let head = await headIn(pieces(plainHead(first)), artifact.file, maxPlaces);
  const isWhole = artifact.bytes !== undefined && artifact.bytes <= Math.min(first.length, headBytes);
  // Tools that sort keys put the metadata far behind.
  if (head === undefined && !isWhole) head = await headIn(artifact.open(), artifact.file, 0);
  // A store that gives no parts gave the whole file: too much to be held until its turn comes.
  if (first.length > firstBytes) {
    await leave();
    return { head, artifact, leave };
  }
  let unread: AsyncIterator<Uint8Array> | undefined = stream;
  const open = (): ByteStream => {
    const rest = unread;
    unread = undefined;
    return rest === undefined ? artifact.open() : resumed(first, rest);
  };
  return { head, artifact: { ...artifact, open }, leave };
}

/** What a whole manifest tells; undefined where it is broken before it tells whose it is. */
export function wholeHead(artifact: Artifact): Promise<ManifestHead | undefined> {
  return headIn(artifact.open(), artifact.file, Infinity);
}

/**
 * Whether a file of this name, which programs for the web use too, is of another program: JSON to its end, without the metadata of dbt's manifest.
 * One that is broken may be of dbt: its reading says what is wrong.
 */
export async function isOfAnotherProgram(artifact: Artifact): Promise<boolean> {
  try {
    const read = (section: string): "whole" | "skip" => (section === "metadata" ? "whole" : "skip");
    for await (const part of readSections(artifact.open(), artifact.file, read))
      if (part.part === "value" && isRaw(part.value))
        return !/\/dbt\/manifest\//u.test(String(part.value["dbt_schema_version"]));
    return true;
  } catch {
    return false;
  }
}

async function* resumed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function plainHead(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.subarray(0, headBytes);
  try {
    // What follows is not there: as much as is whole is unpacked.
    const plain = gunzipSync(bytes.subarray(0, headBytes), { finishFlush: constants.Z_SYNC_FLUSH });
    return plain.subarray(0, headBytes);
  } catch {
    return new Uint8Array(0);
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

const relationTypes: ReadonlySet<unknown> = new Set(["model", "seed", "snapshot"]);

/** Enough to tell environments apart. */
const maxPlaces = 200;

/** Reads up to the metadata and `most` places, or as far as `stream` goes. */
async function headIn(stream: ByteStream, file: string, most: number): Promise<ManifestHead | undefined> {
  const places = new Map<string, string>();
  let metadata: Fields | undefined;
  let isWhole = false;
  const read = (section: string): "whole" | "items" | "skip" =>
    section === "metadata" ? "whole" : section === "nodes" ? "items" : "skip";
  try {
    for await (const part of readSections(stream, file, read)) {
      if (part.part !== "value" || !isRaw(part.value)) continue;
      if (part.section === "metadata") metadata = new Fields(part.value, "metadata", () => undefined);
      else if (relationTypes.has(part.value["resource_type"]) && part.key !== undefined)
        places.set(part.key, `${String(part.value["database"])}.${String(part.value["schema"])}`.toLowerCase());
      if (metadata !== undefined && places.size >= most) return headOf(metadata, { places, isWhole });
    }
    isWhole = true;
  } catch {
    // The beginning of a file is a file that is cut; what else is wrong is told when the project is read.
  }
  return metadata && headOf(metadata, { places, isWhole });
}

function headOf(metadata: Fields, models: Pick<ManifestHead, "places" | "isWhole">): ManifestHead | undefined {
  const name = metadata.text("project_name");
  // `project_id` is the md5 of the name, and older than the name.
  const id = metadata.text("project_id") ?? (name === undefined ? undefined : md5(name));
  if (id === undefined) return undefined;
  return {
    project: `${id} ${metadata.text("adapter_type") ?? ""}`,
    name: name ?? id,
    generatedAtMs: parseTime(metadata.text("generated_at")),
    ...models,
  };
}
