/** A type as a database writes it, taken apart: `decimal(18, 2) unsigned` is name `decimal unsigned`, arguments `18` and `2`. */
export interface TypeText {
  readonly name: string;
  /** Undefined without brackets. */
  readonly args: readonly string[] | undefined;
}

const openers = "(<[";
const closers = ")>]";

/** Takes name and arguments apart; undefined when brackets or quotes do not fit. */
export function takeApart(text: string): TypeText | undefined {
  const start = text.search(/[(<]/u);
  if (start < 0) return /[)>\]]/u.test(text) ? undefined : { name: oneSpaced(text), args: undefined };
  const end = closingAt(text, start);
  if (end === undefined) return undefined;
  const rest = text.slice(end + 1);
  // A second pair, as in `interval day(2) to second(6)`, says nothing that the catalog has a place for.
  const name = oneSpaced(`${text.slice(0, start)} ${rest.replace(/\([^()]*\)/gu, " ")}`);
  return { name, args: splitTop(text.slice(start + 1, end)) };
}

/** What stands before the last `[]` or `[3]`; undefined when the text does not end in one. */
export function elementOf(text: string): string | undefined {
  const open = text.endsWith("]") ? text.lastIndexOf("[") : -1;
  if (open > 0 && /^\d*$/u.test(text.slice(open + 1, -1).trim())) return text.slice(0, open).trim();
  return /\sarray$/iu.test(text) ? text.slice(0, -"array".length).trim() : undefined;
}

/** A member of a struct: `a INT`, `a:int`, `"a b" INT`, or a type without a name. */
export function memberOf(text: string): { name: string | undefined; type: string } {
  const quoted = /^(["'`])((?:(?!\1).|\1\1)*)\1\s*:?\s*(.+)$/su.exec(text);
  if (quoted) {
    const [, quote = "", name = "", type = ""] = quoted;
    return { name: name.replaceAll(quote + quote, quote), type: bare(type) };
  }
  const named = /^([^\s:<>()]+)(?:\s*:\s*|\s+)(.+)$/su.exec(text);
  return named ? { name: named[1], type: bare(named[2] ?? "") } : { name: undefined, type: bare(text) };
}

/** Without what databases write after a member's type. */
function bare(type: string): string {
  return type.replace(/\s+(?:not\s+null|comment\s+.*|options\s*\(.*)$/isu, "").trim();
}

function splitTop(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === ",") {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    } else at = behind(text, at) ?? text.length;
  }
  const last = text.slice(from).trim();
  return last === "" && parts.length === 0 ? [] : [...parts, last];
}

/** Where the bracket that opens at `start` is closed. */
function closingAt(text: string, start: number): number | undefined {
  const open = [text.charAt(start)];
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isQuote(char)) {
      const end = text.indexOf(char, at + 1);
      if (end < 0) return undefined;
      at = end;
    } else if (openers.includes(char)) open.push(char);
    else if (closers.includes(char)) {
      if (openers.indexOf(open.pop() ?? "") !== closers.indexOf(char)) return undefined;
      if (open.length === 0) return at;
    }
  }
  return undefined;
}

/** The last character of what begins at `at`, a bracket, a quoted text or a character; undefined when it has no end. */
function behind(text: string, at: number): number | undefined {
  const char = text.charAt(at);
  if (openers.includes(char)) return closingAt(text, at);
  if (!isQuote(char)) return at;
  const end = text.indexOf(char, at + 1);
  return end < 0 ? undefined : end;
}

function isQuote(char: string): boolean {
  return char === '"' || char === "'" || char === "`";
}

function oneSpaced(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}
