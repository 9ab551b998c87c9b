import { readFileSync } from "node:fs";
import type { ByteStream } from "../src/index.ts";

/** Artifacts of a real dbt with DuckDB; macros and docs cut away. */
export const versions = ["1.5.2", "1.8.8", "1.11.16"] as const;

export function fixturePath(version: (typeof versions)[number], name: string): string {
  return new URL(`fixtures/dbt-${version}/${name}`, import.meta.url).pathname;
}

export function fixture(version: (typeof versions)[number], name: string): Buffer {
  return readFileSync(fixturePath(version, name));
}

/** Of projects that show the semantic layer: entities, dimensions and measures of all kinds, metrics of all types, a package. */
export const semanticVersions = ["1.8.8", "1.11.16"] as const;

export function semanticFixture(version: (typeof semanticVersions)[number], name: string): Buffer {
  return readFileSync(new URL(`fixtures/semantic-${version}/${name}`, import.meta.url).pathname);
}

/** Of one small project, as `systems/dbt.sh kiosk` makes them; by the version of dbt. */
export function kioskPath(version: string, name = ""): string {
  return new URL(`fixtures/kiosk-${version}/${name}`, import.meta.url).pathname;
}

export function kiosk(version: string, name: string): Buffer {
  return readFileSync(kioskPath(version, name));
}

/** Bytes in pieces of `size`. */
export async function* stream(content: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export async function text(bytes: ByteStream): Promise<string> {
  return Buffer.concat(await all(bytes)).toString("utf8");
}

/** The error that a promise ends in; fails when it does not. */
export async function failure(work: Promise<unknown>): Promise<Error & { hint?: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("no error came");
}
