import { createHash } from "node:crypto";
import { encodeName, fqnOf, type EntityReference } from "@omd/schema";
import type { Catalog } from "../contracts/index.ts";

/**
 * Creates a user for an owner that the catalog does not know. One call a name: the resolver remembers. The reference is the one that the catalog will
 * find in the next run: its fields go into the `sourceHash` of what is owned.
 */
export function ownerCreator(catalog: Catalog): (name: string) => Promise<EntityReference | undefined> {
  return async (given) => {
    const text = given.trim();
    if (text === "") return undefined;
    // The lengths that OpenMetadata takes; any other text is a name.
    const isEmail = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text) && text.length >= 6 && text.length <= 127;
    const short = encodeName((isEmail ? text.slice(0, text.indexOf("@")) : text).toLowerCase());
    const email = isEmail ? text.toLowerCase() : `${mailbox(text)}${madeUp}`;
    const taken = isEmail ? await catalog.get("user", fqnOf(short)) : undefined;
    // Of two people with one name at two hosts the second gets the whole address; who had none before is the same.
    const isOther = taken !== undefined && taken["email"] !== email && !String(taken["email"]).endsWith(madeUp);
    const name = isOther ? encodeName(email) : short;
    const shown = !isOther && typeof taken?.["displayName"] === "string" ? taken["displayName"] : text;
    const { entity } = await catalog.put("user", { name, email, displayName: shown });
    const { displayName = shown } = entity as { displayName?: string };
    return { id: entity.id, type: "user", name, fullyQualifiedName: fqnOf(name), displayName };
  };
}

/** Reserved (RFC 2606): nobody gets mail there. */
const madeUp = "@owner.invalid";

/** A local part that any server accepts, distinct for distinct names. */
function mailbox(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
  if (plain !== "" && plain === name.toLowerCase()) return plain.slice(0, 60);
  return `${plain.slice(0, 50) || "owner"}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
