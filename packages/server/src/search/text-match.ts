/** Words of a text as the index keeps them. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** Whether a word or phrase stands in a text, whole words only. `*` and `?` are wildcards of one word or of the whole text. */
export function hasWords(text: string, wanted: string): boolean {
  if (/[*?]/.test(wanted)) {
    const pattern = wildcard(wanted, true);
    return (
      pattern.test(text) ||
      text
        .toLowerCase()
        .split(/\s+/)
        .concat(wordsOf(text))
        .some((word) => pattern.test(word))
    );
  }
  const words = wordsOf(text);
  const phrase = wordsOf(wanted);
  if (phrase.length === 0) return false;
  return words.some((_, at) => phrase.every((word, offset) => words[at + offset] === word));
}

/** `*` any run of characters, `?` one; `\` takes the next sign as it is. The whole value must match. */
export function wildcard(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern.replaceAll(/\\(.)|[*?]|[\\^$.+()[\]{}|/]/gs, (sign: string, escaped: string | undefined) => {
    if (sign === "*") return ".*";
    if (sign === "?") return ".";
    return (escaped ?? sign).replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source}$`, ignoreCase ? "isu" : "su");
}
