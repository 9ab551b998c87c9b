/** A number that Python holds as a float, so that it prints `10.0` and not `10`. */
export class PythonFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Only these make UTF-16 order and code point order differ. */
const surrogate = /[\ud800-\udfff]/;

/** Orders strings as Python does: by code point, not by UTF-16 unit. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1;
  const left = Array.from(a);
  const right = Array.from(b);
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** JSON as Python's `json.dumps(value, sort_keys=True)` writes it: `", "` and `": "`, only ASCII, keys sorted; undefined members and those of `without` are left out. */
export function pythonJson(value: unknown, without?: ReadonlySet<string>): string {
  if (typeof value === "string") return asciiString(value);
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : pythonFloat(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof PythonFloat) return pythonFloat(value.value);
  return typeof value === "object" ? pythonMembers(value, without) : "null";
}

/** Written in a loop, and text by text: every entity of a run passes here. */
function pythonMembers(value: object, without: ReadonlySet<string> | undefined): string {
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : ", "}${pythonJson(item, without)}`;
    return `[${text}]`;
  }
  const members = value as Record<string, unknown>;
  const keys = Object.keys(members);
  if (!isSorted(keys)) keys.sort();
  if (keys.some((key) => surrogate.test(key))) keys.sort(compareCodePoints);
  for (const key of keys) {
    const member = members[key];
    if (member === undefined || without?.has(key) === true) continue;
    text += `${text === "" ? "" : ", "}${asciiString(key)}: ${pythonJson(member, without)}`;
  }
  return `{${text}}`;
}

function isSorted(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at += 1) if ((keys[at - 1] ?? "") > (keys[at] ?? "")) return false;
  return true;
}

/** Needs no escape. */
const plainAscii = /^[ !#-[\]-~]*$/;

function asciiString(text: string): string {
  if (plainAscii.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Python writes a float in full between 1e-4 and 1e16 and with an exponent of at least two digits elsewhere. */
function pythonFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return Number.isInteger(value) ? `${value}.0` : String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
