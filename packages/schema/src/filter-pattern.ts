import { z } from "zod";

/** Regular expressions as a workflow's YAML gives them: Python syntax. */
export interface FilterPattern {
  includes?: readonly string[] | undefined;
  excludes?: readonly string[] | undefined;
}

/** A filter pattern that cannot be used. The message names it. */
export class InvalidPatternError extends Error {
  override name = "InvalidPatternError";
  readonly code = "OMD_INVALID_PATTERN";
  readonly pattern: string;
  constructor(pattern: string, reason: string, cause?: unknown) {
    super(`Invalid filter pattern ${JSON.stringify(pattern)}: ${reason}`, cause === undefined ? undefined : { cause });
    this.pattern = pattern;
  }
}

/**
 * Tells which names pass, by the rule of OpenMetadata's filter patterns: Python's `re.match` with IGNORECASE, so anchored at the start and not at the end.
 * A name passes when some include matches (or there are none) and no exclude does. With a pattern object an empty name never passes.
 * Throws {@link InvalidPatternError} at once, not at the first name.
 */
export function filterMatcher(pattern: FilterPattern | undefined): (name: string) => boolean {
  if (!pattern) return () => true;
  const includes = (pattern.includes ?? []).map(pythonMatch);
  const excludes = (pattern.excludes ?? []).map(pythonMatch);
  return (name) => {
    if (name === "") return false;
    const included = includes.length === 0 || includes.some((matches) => matches(name));
    return included && !excludes.some((matches) => matches(name));
  };
}

/** One expression of a filter pattern; what cannot be used is an issue at its place. */
export const namePattern = z.string().superRefine((pattern, context) => {
  try {
    pythonMatch(pattern);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
  }
});

function pythonMatch(pattern: string): (name: string) => boolean {
  const { source, flags } = translated(pattern);
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${source})`, flags);
  } catch (thrown) {
    throw new InvalidPatternError(pattern, thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
  return (name) => expression.test(name);
}

/** `(?P`-forms that both languages know under another spelling. */
const groups: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^\(\?P<([A-Za-z_]\w*)>/, ([, name]) => `(?<${name}>`],
  [/^\(\?P=([A-Za-z_]\w*)\)/, ([, name]) => `\\k<${name}>`],
  [/^\(\?#[^)]*\)/, () => ""],
];

const untranslatable: readonly (readonly [RegExp, string])[] = [
  [/^\(\?\(/, "a conditional group (?(…)…) has no counterpart in JavaScript"],
  [/^\(\?>/, "an atomic group (?>…) has no counterpart in JavaScript"],
  [
    /^\(\?[aiLmsux-]+:/,
    "flags for a part of the pattern, such as (?i:…), are not supported: matching ignores case anyway",
  ],
  [/^\(\?[aiLmsux]+\)/, "flags such as (?i) may stand at the start only"],
  [/^(?:[*+?]|\{\d*,?\d*\})\+/, "a possessive quantifier has no counterpart in JavaScript"],
];

function translated(pattern: string): { source: string; flags: string } {
  const { flags, start } = leadingFlags(pattern);
  let source = "";
  let inClass = false;
  for (let at = start; at < pattern.length;) {
    const rest = pattern.slice(at);
    const [taken, text] = rest.startsWith("\\")
      ? escaped(pattern, rest, inClass)
      : inClass
        ? classPart(rest)
        : outsideClass(pattern, rest, flags.includes("m"));
    if (rest.startsWith("[") && !inClass) inClass = true;
    else if (rest.startsWith("]") && inClass) inClass = false;
    source += text;
    at += taken;
  }
  return { source, flags };
}

/** `(?i)`, `(?s)`, `(?m)` at the start, in any mixture. IGNORECASE is always on. */
function leadingFlags(pattern: string): { flags: string; start: number } {
  const letters = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const given = letters?.[1] ?? "";
  for (const letter of ["x", "L", "a"]) {
    if (given.includes(letter)) throw new InvalidPatternError(pattern, `the flag (?${letter}) is not supported`);
  }
  const flags = `iu${given.includes("s") ? "s" : ""}${given.includes("m") ? "m" : ""}`;
  return { flags, start: letters?.[0].length ?? 0 };
}

/** What a pattern part outside a character class becomes: how many characters were taken, and the text. */
function outsideClass(pattern: string, rest: string, multiline: boolean): [number, string] {
  for (const [form, reason] of untranslatable) {
    if (form.test(rest)) throw new InvalidPatternError(pattern, reason);
  }
  for (const [form, text] of groups) {
    const match = form.exec(rest);
    if (match) return [match[0].length, text(match)];
  }
  const literalFirst = /^\[\^?\]/.exec(rest);
  if (literalFirst) return [literalFirst[0].length, `${literalFirst[0].slice(0, -1)}\\]`];
  if (rest.startsWith("[^")) return [2, "[^"];
  // `$` of Python also stands before a line break that ends the text.
  if (rest.startsWith("$") && !multiline) return [1, "(?=\\n?$(?![\\s\\S]))"];
  const quantifier = /^\{(?:\d+(?:,\d*)?|,\d+)\}/.exec(rest);
  if (quantifier) return [quantifier[0].length, quantifier[0].replace("{,", "{0,")];
  if (rest.startsWith("{") || rest.startsWith("}") || rest.startsWith("]")) return [1, `\\${rest.charAt(0)}`];
  return character(rest);
}

function classPart(rest: string): [number, string] {
  if (rest.startsWith("[")) return [1, "\\["];
  return character(rest);
}

function character(rest: string): [number, string] {
  const one = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return [one.length, one];
}

/** Escapes of Python, as JavaScript with the flag `u` takes them; there an escaped letter that means nothing is an error, as it is in Python. */
function escaped(pattern: string, rest: string, inClass: boolean): [number, string] {
  const next = rest.charAt(1);
  if (next === "") throw new InvalidPatternError(pattern, "it ends with a single backslash");
  if (!inClass && next === "A") return [2, "(?<![\\s\\S])"];
  if (!inClass && next === "Z") return [2, "(?![\\s\\S])"];
  if (next === "a") return [2, "\\x07"];
  const long = /^\\U([0-9a-fA-F]{8})/.exec(rest);
  if (long) return [10, `\\u{${long[1]}}`];
  // Word characters are those of Unicode in Python.
  const word = "\\p{L}\\p{N}_";
  if (next === "w") return [2, inClass ? word : `[${word}]`];
  if (next === "W" && !inClass) return [2, `[^${word}]`];
  if (next === "d") return [2, "\\p{Nd}"];
  if (next === "D") return [2, "\\P{Nd}"];
  if (/[A-Za-z0-9]/.test(next)) return [2, rest.slice(0, 2)];
  const [taken, symbol] = character(rest.slice(1));
  // `\-` and the like: any escaped symbol stands for itself.
  return [1 + taken, /[\^$\\.*+?()[\]{}|/]/.test(symbol) || (inClass && symbol === "-") ? `\\${symbol}` : symbol];
}
