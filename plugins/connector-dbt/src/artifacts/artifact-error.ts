import { OmdError } from "@omd/core";

/** An artifact that cannot be read: says which file, where in it (byte after decompression), and what belongs there. */
export class ArtifactError extends OmdError {
  override name = "ArtifactError";
  readonly file: string;
  /** Byte in the file, counted after decompression. */
  readonly offset: number | undefined;

  constructor(
    file: string,
    problem: string,
    details: {
      offset?: number | undefined;
      expected?: string | undefined;
      hint?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    const position = details.offset === undefined ? "" : ` at byte ${details.offset}`;
    const expected = details.expected === undefined ? "" : `; expected ${details.expected}`;
    super("OMD_CONNECTION", `${file}: ${problem}${position}${expected}`, { hint: details.hint, cause: details.cause });
    this.file = file;
    this.offset = details.offset;
  }
}

/** An artifact of the kind that was looked for, of a version that is not read. */
export class ArtifactVersionError extends ArtifactError {
  override name = "ArtifactVersionError";
}
