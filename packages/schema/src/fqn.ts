/**
 * Fully qualified names: parts joined with `.`, parts that hold a `.` wrapped in `"`.
 * Source of the rules: OpenMetadata's FullyQualifiedName.
 */
declare const fqnBrand: unique symbol;
/** A quoted, joined name such as `svc."my.db".schema.table`. Case-sensitive, 1 to 3072 characters. */
export type FQN = string & { readonly [fqnBrand]: true };

/** A name that no FQN can be made of. */
export class InvalidNameError extends Error {
  override name = "InvalidNameError";
  readonly code = "OMD_INVALID_NAME";
  constructor(value: string, reason: string) {
    super(`Invalid name ${JSON.stringify(value)}: ${reason}`);
  }
}

/** Wraps a name that holds a `.` in quotes; strips quotes that are not needed. */
export function quoteName(name: string): string {
  const quoted = name.length >= 2 && name.startsWith('"') && name.endsWith('"');
  const inner = quoted ? name.slice(1, -1) : name;
  if (inner.includes('"')) throw new InvalidNameError(name, 'it holds a `"`');
  if (!quoted && inner.includes("\n")) throw new InvalidNameError(name, "it holds a line break");
  return inner.includes(".") ? `"${inner}"` : inner;
}

/** The name without its quotes. */
export function unquoteName(part: string): string {
  return part.length >= 2 && part.startsWith('"') && part.endsWith('"') ? part.slice(1, -1) : part;
}

/** Joins raw names (each is quoted when needed). */
export function fqnOf(...names: string[]): FQN {
  return names.map(quoteName).join(".") as FQN;
}

/** Appends raw names to an FQN. */
export function childFqn(parent: FQN, ...names: string[]): FQN {
  return [parent, ...names.map(quoteName)].join(".") as FQN;
}

/** Splits an FQN into its parts, quotes kept: `a."b.c".d` → `a`, `"b.c"`, `d`. Throws {@link InvalidNameError}. */
export function splitFqn(fqn: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at <= fqn.length) {
    let end: number;
    if (fqn[at] === '"') {
      const close = fqn.indexOf('"', at + 1);
      if (close < 0) throw new InvalidNameError(fqn, "a quote is not closed");
      end = close + 1;
      if (end < fqn.length && fqn[end] !== ".") throw new InvalidNameError(fqn, "a quote ends in the middle of a part");
    } else {
      const dot = fqn.indexOf(".", at);
      end = dot < 0 ? fqn.length : dot;
      if (fqn.slice(at, end).includes('"')) throw new InvalidNameError(fqn, "a quote stands in the middle of a part");
    }
    parts.push(fqn.slice(at, end));
    at = end + 1;
  }
  return parts;
}

/** Parses text that should be an FQN into its normal form. Throws {@link InvalidNameError}. */
export function parseFqn(text: string): FQN {
  return splitFqn(text).map(quoteName).join(".") as FQN;
}

/** The FQN without its last part, or undefined at the root. */
export function parentFqn(fqn: FQN): FQN | undefined {
  const parts = splitFqn(fqn);
  return parts.length > 1 ? (parts.slice(0, -1).join(".") as FQN) : undefined;
}

/** The first part: the service of a data entity. */
export function rootFqn(fqn: FQN): FQN {
  return splitFqn(fqn)[0] as FQN;
}

/** Whether `fqn` lies below `ancestor`. */
export function isBelow(fqn: string, ancestor: string): boolean {
  return fqn.length > ancestor.length && fqn.startsWith(ancestor) && fqn[ancestor.length] === ".";
}
