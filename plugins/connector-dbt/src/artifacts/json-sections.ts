import { Tokenizer } from "@streamparser/json";
import { ArtifactError } from "./artifact-error.ts";
import { JsonAssembler, type Part, type Reading, type Shape } from "./json-assembler.ts";
import { plainBytes, type ByteStream } from "./plain-bytes.ts";

export type { Part, Reading, Shape } from "./json-assembler.ts";

/** Largest string or number, in bytes. The largest that dbt writes is a model's SQL. */
const maxTokenBytes = 64 * 1024 * 1024;

/**
 * Reads a JSON object as a stream, in the order of the file: the beginning of each section and the values that `plan` asks for.
 * No more than one piece of the file and the values begun in it are in memory. Throws an {@link ArtifactError}.
 */
export async function* readSections(
  stream: ByteStream,
  file: string,
  plan: (section: string, shape: Shape) => Reading,
): AsyncGenerator<Part> {
  const ready: Part[] = [];
  const assembler = new JsonAssembler(file, plan, (part) => ready.push(part));
  const tokenizer = new Tokenizer({ stringBufferSize: 64 * 1024 });
  let size = 0;
  let lastToken = 0;
  tokenizer.onToken = ({ token, value, offset }) => {
    lastToken = offset;
    assembler.take(token, value, offset);
  };
  for await (const piece of plainBytes(stream, file)) {
    try {
      tokenizer.write(piece as Uint8Array & Iterable<number>);
    } catch (error) {
      if (error instanceof ArtifactError) throw error;
      throw notJson(file, error, lastToken, assembler.path);
    }
    size += piece.length;
    yield* ready;
    ready.length = 0;
    if (size - lastToken > maxTokenBytes && !assembler.done)
      throw new ArtifactError(file, `a value of more than ${maxTokenBytes} bytes in ${assembler.path}`, {
        offset: lastToken,
      });
  }
  if (assembler.done) return;
  if (assembler.untouched) throw new ArtifactError(file, "it is empty", { expected: "a JSON object" });
  throw new ArtifactError(file, `it is cut: it ends in the middle of ${assembler.path || "the root"}`, {
    offset: size,
    expected: "the rest of the JSON document",
    hint: "Was dbt still writing, or a copy broken off? Bring the whole file.",
  });
}

function notJson(file: string, error: unknown, lastToken: number, path: string): ArtifactError {
  const text = String(error);
  const place = path === "" ? "" : ` in ${path}`;
  if (/^TypeError|encoded data/u.test(text))
    return new ArtifactError(file, `bytes that are not UTF-8${place}, after the value`, {
      offset: lastToken,
      expected: "UTF-8",
      cause: error,
    });
  const at = /absolute position "(\d+)"/u.exec(text)?.[1];
  const found = /Unexpected "([\s\S]*?)" at/u.exec(text)?.[1];
  return new ArtifactError(file, `it is not JSON${place}${found === undefined ? "" : `: ${JSON.stringify(found)}`}`, {
    offset: at === undefined ? lastToken : Number(at),
    expected: "JSON",
    cause: error,
  });
}
