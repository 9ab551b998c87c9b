const reserved: readonly (readonly [string, string])[] = [
  ["::", "__reserved__colon__"],
  [">", "__reserved__arrow__"],
  ['"', "__reserved__quote__"],
  ["\n", "__reserved__newline__"],
  ["\r", "__reserved__carriage_return__"],
  ["\t", "__reserved__tab__"],
];

const hasReserved = /::|[>"\n\r\t]/;

/** Replaces what an OpenMetadata entity name may not hold (`::`, `>`, `"`, line breaks, tab) by its stand-in. */
export function encodeName(name: string): string {
  // Nearly no name has any, and hundreds of thousands pass.
  if (!hasReserved.test(name)) return name;
  return reserved.reduce((text, [from, to]) => text.replaceAll(from, to), name);
}

/** The opposite of {@link encodeName}. */
export function decodeName(name: string): string {
  return reserved.reduce((text, [from, to]) => text.replaceAll(to, from), name);
}
