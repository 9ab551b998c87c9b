import { describe, expect, test } from "@jest/globals";
import { ArtifactError } from "../src/index.ts";
import { readSections, type Part, type Reading } from "../src/artifacts/json-sections.ts";
import { all, failure, stream } from "./bytes.ts";
import { numbersFrom, RandomJson, type RandomDocument } from "./random-json.ts";

const items = (): Reading => "items";
const skip = (): Reading => "skip";

function read(pieces: AsyncIterable<Uint8Array>, plan: (section: string) => Reading = items): Promise<Part[]> {
  return all(readSections(pieces, "f.json", plan));
}

async function* cut(bytes: Uint8Array, ...places: number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const place of [...places, bytes.length]) {
    yield bytes.subarray(from, place);
    from = place;
  }
}

function documents(count: number, seed: number, isAscii = false): RandomDocument[] {
  const random = new RandomJson(seed, isAscii);
  return Array.from({ length: count }, () => random.document());
}

const start = '{"metadata": {"größe": "数"}, "nodes": {"a": {"x": "é"}, "b": ';

describe("an entry", () => {
  test.each([
    ["with a key twice", '{"x": {"y": 1, "z": [{"y": 1, "y": 2}]}}', 'the key "y" is there twice in nodes.b.x.z', 30],
    ["without a comma", '{"x": [1 2]}', "it is not JSON: 2 in nodes.b.x", 9],
    ["with brackets crossed", '{"x": [1}]', "it is not JSON: } in nodes.b.x", 8],
    ["with a bare word", '{"x": nil}', 'it is not JSON in nodes.b.x: "i"', 7],
    ["with a tabulator in a string", '{"x": "\t"}', 'it is not JSON in nodes.b.x: "\\t"', 7],
    ["with a number that begins with 0", '{"x": 01}', "it is not JSON: 1 in nodes.b.x", 7],
  ])("%s is an error at its place, however the file is cut", async (_, entry, message, at) => {
    const bytes = Buffer.from(`${start}${entry}}}`);
    for (const size of [1, 5, 64, 1000]) {
      const error = await failure(read(stream(bytes, size)));
      expect(error.message).toContain(`f.json: ${message}`);
      expect(error).toMatchObject({ offset: Buffer.byteLength(start) + at });
    }
  });

  test("may have a key twice where it is passed over, but nothing else", async () => {
    expect(await read(stream(`{"macros": {"a": {"x": 1, "x": 2}}}`), skip)).toHaveLength(1);
    expect((await failure(read(stream(`{"macros": {"a": {"x": 1,, "x": 2}}}`), skip))).message).toContain("macros.a.x");
    const latin1 = Buffer.concat([
      Buffer.from('{"macros": {"a": {"x": "'),
      Buffer.from([0xe9, 0x74, 0xe9]),
      Buffer.from('"}}}'),
    ]);
    for (const size of [1, 25, 1000])
      expect((await failure(read(stream(latin1, size), skip))).message).toContain("not UTF-8 in macros.a.x");
  });

  test.each([
    [254, false],
    [255, true],
  ])("may be %i levels deep: %s", async (levels, isTooDeep) => {
    const text = `{"nodes": {"a": ${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    for (const [plan, parts] of [[items, 2] as const, [skip, 1] as const])
      if (isTooDeep) expect((await failure(read(stream(text), plan))).message).toContain("deeper than 256 levels");
      else expect(await read(stream(text), plan)).toHaveLength(parts);
  });

  test("of more than 8 MiB is read too, and what follows it", async () => {
    const large = Array.from({ length: 36 }, (_, at) => ({ at, text: `${'{"[,'.repeat(50_000)}größe` }));
    const nodes = { a: { x: 1 }, b: large, c: { x: [2] } };
    const parts = await read(stream(JSON.stringify({ nodes }), 100_001));
    expect(parts).toHaveLength(4);
    expect(parts.slice(1).every((part) => part.part === "value")).toBe(true);
    expect(JSON.stringify(rebuilt(parts)) === JSON.stringify({ nodes })).toBe(true);
    const broken = JSON.stringify({ nodes }).replace('"x":[2]', '"x":[2}');
    const error = await failure(read(stream(broken, 100_001)));
    expect(error.message).toContain("it is not JSON: } in nodes.c.x");
    expect(error).toMatchObject({ offset: Buffer.byteLength(broken) - 4 });
  });
});

describe("what Python writes for floats that JSON has no word for", () => {
  const meta =
    '{"nodes": {"a": {"meta": {"x": NaN, "y": [-Infinity,Infinity], "NaN": "\\"NaN\\\\", "z": -1.5}}, "b": []}, "args": {"v": Infinity}}';

  test("is null, wherever the file is cut, counted and said once; words in strings stay", async () => {
    const plan = (section: string): Reading => (section === "args" ? "whole" : "items");
    for (let size = 1; size <= meta.length; size += 1) {
      const said: string[] = [];
      const parts = await all(readSections(stream(meta, size), "f.json", plan, (message) => said.push(message)));
      expect(rebuilt(parts)).toEqual({
        nodes: { a: { meta: { x: null, y: [null, null], NaN: '"NaN\\', z: -1.5 } }, b: [] },
        args: { v: null },
      });
      expect(said).toEqual(["NaN and Infinity, which JSON does not have, are read as null: 4 values"]);
    }
  });

  test("leaves errors behind it at their bytes", async () => {
    const broken = meta.replace("-1.5", "01.5");
    for (const size of [1, 7, 1000]) {
      const error = await failure(read(stream(broken, size)));
      expect(error).toMatchObject({ offset: broken.indexOf("01.5") + 1 });
    }
  });

  test.each([
    "nan",
    "NaNN",
    "NaNNaN",
    "-NaN",
    "+Infinity",
    "Inf",
    "-Inf",
    "--Infinity",
    "xNaN",
    "1NaN",
    "NaN1",
    "1-Infinity",
    "N",
    "-I",
  ])("%s is no JSON all the same", async (word) => {
    for (const text of [
      `{"nodes": {"a": {"x": ${word}}}}`,
      `{"nodes": {"a": ${word}}}`,
      `{"nodes": {"a": {"x": 1}}}${word}`,
    ])
      for (const size of [1, 1000]) {
        const error = await failure(read(stream(text, size)));
        expect(error).toBeInstanceOf(ArtifactError);
        expect(error.message).toMatch(/it is not JSON|something follows the end/u);
      }
  });

  test("is no key, no entry, no section and no document", async () => {
    for (const text of [
      '{"nodes": {"a": NaN}}',
      '{"nodes": [NaN]}',
      '{"nodes": -Infinity}',
      "{NaN: {}}",
      '{"a": {Infinity: 1}}',
      '{"a": {}} NaN',
      "NaN",
    ])
      expect(await failure(read(stream(text)))).toBeInstanceOf(ArtifactError);
  });
});

test("a number or a word behind the end is seen, and a byte order mark counts as its three bytes", async () => {
  for (const behind of ["1", " 12", "null", "[", ","])
    expect((await failure(read(stream(`{"a": {}}${behind}`)))).message).toContain("something follows the end");
  for (const behind of [" tru", '"', '"x'])
    expect((await failure(read(stream(`{"a": {}}${behind}`)))).message).toContain("it is not JSON");
  const marked = '\uFEFF{"a": {"b": {}, "c": [}';
  expect(await failure(read(stream(marked)))).toMatchObject({ offset: 25 });
});

describe("random documents", () => {
  test("give the parts that JSON.parse gives, wherever they are cut", async () => {
    for (const { text, parts, plan } of documents(7, 1)) {
      const bytes = Buffer.from(text);
      const expected = JSON.stringify(parts);
      for (let at = 0; at <= bytes.length; at += 1)
        expect(JSON.stringify(await read(cut(bytes, at), plan))).toBe(expected);
      for (const size of [1, 2, 3, 7]) expect(JSON.stringify(await read(stream(bytes, size), plan))).toBe(expected);
    }
  });

  test("with something wrong give an error where JSON.parse gives one, else the same values", async () => {
    const number = numbersFrom(2);
    const counts = { wrong: 0, right: 0 };
    for (const { text } of documents(30, 3)) {
      for (let round = 0; round < 25; round += 1) {
        const bytes = spoilt(Buffer.from(text), number);
        const expected = reference(bytes);
        const reading = read(stream(bytes, 1 + Math.floor(number() * 60)));
        counts[expected === undefined ? "wrong" : "right"] += 1;
        if (expected === undefined) {
          const error = await failure(reading);
          expect(error).toBeInstanceOf(ArtifactError);
          expect(error.message).toMatch(/^f\.json: (?:it is empty|[\s\S]+ at byte \d+)/u);
        } else expect(JSON.stringify(rebuilt(await reading))).toBe(expected);
      }
    }
    expect(counts.wrong).toBeGreaterThan(300);
    expect(counts.right).toBeGreaterThan(100);
  });

  test("say at which byte something is that is nowhere allowed", async () => {
    for (const { text, plan } of documents(3, 4, true)) {
      const bytes = Buffer.from(text);
      // Until its first brace the document is of no kind.
      for (let at = text.indexOf("{") + 1; at < bytes.length; at += 1) {
        const broken = Buffer.from(bytes);
        broken[at] = 1;
        expect(await failure(read(stream(broken, 50), plan))).toMatchObject({ offset: at });
        expect(await failure(read(cut(broken, at), plan))).toMatchObject({ offset: at });
      }
    }
  });
});

/** One or two bytes changed, left out, put in or swapped, or the end cut off. */
function spoilt(bytes: Buffer, number: () => number): Buffer {
  const at = Math.floor(number() * bytes.length);
  const byte = Buffer.from('{}[]":,\\ 0ae.-u\n\u0001').subarray(Math.floor(number() * 17))[0] ?? 0xff;
  const before = bytes.subarray(0, at);
  switch (Math.floor(number() * 5)) {
    case 0:
      return Buffer.concat([before, Buffer.from([byte]), bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([before, bytes.subarray(at + 1)]);
    case 2:
      return Buffer.concat([before, Buffer.from([byte]), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([before, bytes.subarray(at, at + 2).reverse(), bytes.subarray(at + 2)]);
    default:
      return number() < 0.5 ? before : Buffer.concat([bytes, Buffer.from([byte])]);
  }
}

/** What JSON.parse makes of the bytes, as text; undefined when it is no object or no UTF-8. */
function reference(bytes: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && !Array.isArray(value) ? JSON.stringify(value) : undefined;
  } catch {
    return undefined;
  }
}

/** The whole document again from the parts of a reading by items. */
function rebuilt(parts: readonly Part[]): unknown {
  const sections = new Map<string, unknown>();
  for (const part of parts) {
    if (part.part === "section") sections.set(part.section, part.shape === "list" ? [] : new Map<string, unknown>());
    else if (part.key === undefined) sections.set(part.section, part.value);
    else {
      const section = sections.get(part.section);
      if (section instanceof Map) section.set(part.key, part.value);
      else (section as unknown[]).push(part.value);
    }
  }
  // Object.fromEntries makes members of its own, also of __proto__.
  return Object.fromEntries(
    [...sections].map(([key, value]) => [key, value instanceof Map ? Object.fromEntries(value) : value]),
  );
}
