import { parseFqn, splitFqn, type FQN } from "@omd/schema";
import { isRaw, type Note, type Raw } from "../artifacts/fields.ts";

/** What `meta.openmetadata` of a node or column asks for. */
export interface CatalogMeta {
  readonly tier: FQN | undefined;
  readonly glossaryTerms: readonly FQN[];
  readonly tags: readonly FQN[];
  readonly domains: readonly FQN[];
  readonly extension: Raw | undefined;
}

const nothing: CatalogMeta = { tier: undefined, glossaryTerms: [], tags: [], domains: [], extension: undefined };

/** Reads `meta.openmetadata`; `note` is told what cannot be used. */
export function catalogMeta(meta: Raw, note: Note): CatalogMeta {
  const { openmetadata: given } = meta;
  if (!isRaw(given)) {
    if (given !== undefined && given !== null) note("meta.openmetadata is not an object and is left out");
    return nothing;
  }
  const names = (key: string, parts: number): FQN[] =>
    texts(given[key]).flatMap((text) => fqnFrom(text, parts, `meta.openmetadata.${key}`, note));
  const { customProperties } = given;
  if (customProperties !== undefined && customProperties !== null && !isRaw(customProperties))
    note("meta.openmetadata.customProperties is not an object and is left out");
  return {
    tier: tierOf(texts(given["tier"])[0], note),
    glossaryTerms: names("glossary", 2),
    tags: names("tags", 2),
    domains: [...names("domain", 1), ...names("domains", 1)],
    extension: isRaw(customProperties) && Object.keys(customProperties).length > 0 ? customProperties : undefined,
  };
}

/** `Tier.Tier1`, or `Tier1`. */
function tierOf(text: string | undefined, note: Note): FQN | undefined {
  if (text === undefined) return undefined;
  return fqnFrom(text.startsWith("Tier.") ? text : `Tier.${text}`, 2, "meta.openmetadata.tier", note)[0];
}

function fqnFrom(text: string, parts: number, where: string, note: Note): FQN[] {
  try {
    if (splitFqn(text).length >= parts) return [parseFqn(text)];
  } catch {
    // Told below, with what else is no name.
  }
  note(
    `${where}: ${JSON.stringify(text)} is no ${parts > 1 ? "name of the form `Classification.Tag`" : "name"}, left out`,
  );
  return [];
}

/** One text or a list; blank ones are left out. */
export function texts(value: unknown): string[] {
  return [value]
    .flat()
    .filter((one) => typeof one === "string")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
