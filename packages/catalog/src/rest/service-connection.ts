import { CatalogError } from "@omd/core";

/** How OpenMetadata shows a secret to those who may not see it: asterisks only. */
const mask = /^\*{6,}$/;

function maskedPath(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return mask.test(value) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = maskedPath(member, path === "" ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The configuration as the server gave it. Throws CatalogError when a secret in it is masked: it would be used as the password. */
export function connectionConfig(
  config: Record<string, unknown> | undefined,
  of: string,
): Record<string, unknown> | undefined {
  const masked = maskedPath(config, "");
  if (masked === undefined) return config;
  throw new CatalogError(`The server masks ${masked} in the connection of ${of}`, {
    hint: "OpenMetadata shows secrets to bots only: use a bot's token, or put serviceConnection into the YAML.",
  });
}
