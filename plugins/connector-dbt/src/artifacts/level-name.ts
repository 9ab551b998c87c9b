/** The name of a database or schema; undefined for the empty text, `None` and `null` that adapters without such a level write. */
export function levelName(name: string | undefined): string | undefined {
  return name === undefined || /^(?:none|null|)$/iu.test(name.trim()) ? undefined : name;
}
