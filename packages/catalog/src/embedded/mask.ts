import { isSecret } from "@omd/schema";

/** What stands in the catalog instead of a secret value. */
export const mask = "*********";

const secretKey =
  /passw(or)?d|passphrase|passcode|^pwd$|secret|token|jwt|bearer|privatekey|credential|apikey|accesskey|accountkey|sharedkey|masterkey|encryptionkey|^authorization$|cookie|jaas|sastoken|connectionstring/;
/** Keys that speak about a secret without holding one. */
const harmlessKey = /(provider|loader|type|path|file|filename|algorithm|expiry|enabled)$/;
// The scheme is bounded: without that a long word costs the square of its length.
const urlPassword = /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:)[^\s/@]+(@)/gi;

/** Whether the value under this key is a secret, however the key is spelt. */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return secretKey.test(plain) && !harmlessKey.test(plain);
}

/**
 * A copy in which every value under a secret-like key, at any depth, every {@link Secret} and every password in a URL is
 * {@link mask}. Below a secret-like key all texts and numbers are masked but `type`, which tells variants apart.
 */
export function masked(value: unknown, below = false): unknown {
  if (isSecret(value)) return mask;
  if (typeof value === "string") return below ? hidden(value) : withoutPasswords(value);
  if (typeof value === "number" || typeof value === "bigint") return below ? mask : value;
  if (Array.isArray(value)) return value.map((item) => masked(item, below));
  if (typeof value !== "object" || value === null) return value;
  const named = "name" in value ? value.name : "key" in value ? value.key : undefined;
  const pair = "value" in value && typeof named === "string" && isSecretKey(named);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "type" && typeof inner === "string") return [key, inner];
      return [key, masked(inner, below || isSecretKey(key) || (pair && key === "value"))];
    }),
  );
}

function withoutPasswords(text: string): string {
  // Nearly no text has a URL, and the search for one costs a multiple of its length.
  return text.includes("://") ? text.replaceAll(urlPassword, `$1${mask}$2`) : text;
}

function hidden(value: string): string {
  return value === "" ? "" : mask;
}
