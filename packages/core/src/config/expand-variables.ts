import { readFileSync } from "node:fs";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A text after its variables were replaced, or why they could not be. */
export type Expansion =
  | { readonly ok: true; readonly text: string; readonly changed: boolean; readonly secret?: boolean | undefined }
  | { readonly ok: false; readonly reason: string };

const reference = /\$\$|\$\{([^}]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)/g;
const braced = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Replaces `${VAR}` (must be set), `${VAR:-default}` (unset or empty: the default), `$$` (one dollar) and, only when it is set, `$VAR`.
 * What was put in is not looked at again.
 */
export function expandVariables(text: string, env: Environment): Expansion {
  const problems: string[] = [];
  const expanded = text.replace(reference, (whole, inBraces: string | undefined, bare: string | undefined) => {
    if (whole === "$$") return "$";
    if (bare !== undefined) return env[bare] ?? whole;
    const parts = braced.exec(inBraces ?? "");
    const name = parts?.[1];
    if (name === undefined) {
      problems.push("is not a variable reference: write ${NAME} or ${NAME:-default}, and $${ for a plain ${");
      return whole;
    }
    const value = env[name];
    const fallback = parts?.[2];
    if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
    if (value === undefined)
      problems.push(`environment variable ${name} is not set; a default is written \${${name}:-default}`);
    return value ?? whole;
  });
  return problems.length > 0
    ? { ok: false, reason: [...new Set(problems)].join("; ") }
    : { ok: true, text: expanded, changed: expanded !== text };
}

/** Whether a text of the config is a reference to a secret. */
export function isSecretReference(text: string): boolean {
  return /^secret:\S/.test(text);
}

/** Fetches what `secret:env:NAME` or `secret:file:/path` names; a file loses its last line break. Never gives back the reference itself. */
export function resolveSecret(text: string, env: Environment): Expansion {
  const [, provider = "", ...rest] = text.split(":");
  const name = rest.join(":");
  if (name === "" || (provider !== "env" && provider !== "file"))
    return { ok: false, reason: "unknown secret reference: supported are secret:env:NAME and secret:file:/path" };
  if (provider === "env") {
    const value = env[name];
    return value === undefined
      ? { ok: false, reason: `secret not found: environment variable ${name} is not set` }
      : { ok: true, text: value, changed: true, secret: true };
  }
  try {
    return { ok: true, text: readFileSync(name, "utf8").replace(/\r?\n$/, ""), changed: true, secret: true };
  } catch (error) {
    const code = errorCode(error) ?? "unreadable";
    return { ok: false, reason: `secret not found: cannot read the file ${name} (${code})` };
  }
}

/** The value that YAML gives to a plain scalar of this text: `8080` is a number, `true` a boolean, nothing is null, all else text. */
export function plainScalar(text: string): string | number | boolean | null {
  if (text === "" || text === "~" || /^null$/i.test(text)) return null;
  if (/^(true|yes|on)$/i.test(text)) return true;
  if (/^(false|no|off)$/i.test(text)) return false;
  const isNumber = /^[-+]?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  return isNumber && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) : text;
}

/** The `code` of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
}
