const mask = "***";

/** Ends of names whose values are secrets, letters and digits only, lower case. */
const secretEnds =
  /(?:authorization|cookie|password|passwd|pwd|passphrase|secret|secretkey|accesskey|apikey|privatekey|authkey|jwt|credentials?|amzsignature|googsignature|sessionid)$/u;
/** Page tokens are no secrets, and a replayed listing needs them. */
const pageToken = /(?:page|next|prev|previous|continuation|pagination|cursor|sync|skip|start|resume|scroll)token$/u;
const secretNames = new Set(["sig", "sas", "xapikey"]);

function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}

/** Whether a header, query or JSON key names a secret, in any spelling (`access_token`, `accessToken`, `Access-Token`). */
export function isSecretKey(key: string): boolean {
  const plain = plainKey(key);
  if (plain.endsWith("token")) return !pageToken.test(plain);
  return secretNames.has(plain) || secretEnds.test(plain);
}

const keyAndValue =
  /(["']?)([A-Za-z_][\w.-]{0,80})\1(\s{0,4}[:=](?!\/\/)\s{0,4})("(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$)|[^\s&,;"'<>}]+)/gu;
const scheme = /\b(Bearer|Basic|Digest|token)\s+[\w.~+/=-]{8,}/giu;
const queryPair = /([?&])([\w.%-]{1,80})=([^&#\s"'<>]+)/gu;
const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/gu;
const userInfo = /(\/\/)[^\s/?#@:]*:[^\s/?#@]+@/gu;

/** Most remembered values; older ones belong to expired tokens. */
const remembered = 64;
/** Shorter values would hit ordinary words. */
const shortestValue = 12;

/** Takes secrets out of texts and JSON: by key, by shape, by the values this runtime has sent, and by the caller's own rule. */
export class Redactor {
  readonly #own: ((text: string) => string) | undefined;
  readonly #values: Set<string>;
  readonly #kept: ReadonlySet<string>;

  constructor(own?: (text: string) => string, values = new Set<string>(), kept: ReadonlySet<string> = new Set()) {
    this.#own = own;
    this.#values = values;
    this.#kept = kept;
  }

  /** One that takes these keys for no secrets; what is remembered is shared. */
  keeping(keys: readonly string[] | undefined): Redactor {
    if (keys === undefined || keys.length === 0) return this;
    return new Redactor(this.#own, this.#values, new Set(keys.map(plainKey)));
  }

  /** One that takes these values out too, for one error. */
  hiding(values: readonly string[]): Redactor {
    const hidden = values.filter((value) => value.length >= shortestValue);
    return hidden.length === 0 ? this : new Redactor(this.#own, new Set([...this.#values, ...hidden]), this.#kept);
  }

  /** As {@link isSecretKey}, less the kept ones. */
  isSecret(key: string): boolean {
    return isSecretKey(key) && !this.#kept.has(plainKey(key));
  }

  /** Credentials that are about to be sent; an answer may echo them. */
  remember(headers: Readonly<Record<string, string>>): void {
    for (const name in headers) {
      const value = (headers[name] ?? "").replace(/^(?:Bearer|Basic|Token)\s+/iu, "");
      if (value.length < shortestValue || this.#values.has(value)) continue;
      this.#values.add(value);
      const [oldest] = this.#values;
      if (this.#values.size > remembered && oldest !== undefined) this.#values.delete(oldest);
    }
  }

  /** By value, and by shape: JWTs, credentials and secret parameters in URLs. For parts that stand below a key of their own. */
  value(text: string): string {
    let clean = text.includes("eyJ") ? text.replaceAll(jsonWebToken, mask) : text;
    for (const value of this.#values) if (clean.includes(value)) clean = clean.replaceAll(value, mask);
    if (clean.includes("//")) clean = clean.replaceAll(userInfo, `$1${mask}@`);
    if (clean.includes("=")) {
      clean = clean.replaceAll(queryPair, (all: string, lead: string, key: string) =>
        this.isSecret(key) ? `${lead}${key}=${mask}` : all,
      );
    }
    return this.#own === undefined ? clean : this.#own(clean);
  }

  text(text: string): string {
    return this.value(text)
      .replaceAll(scheme, `$1 ${mask}`)
      .replaceAll(keyAndValue, (all: string, quote: string, key: string, between: string, value: string) => {
        if (!this.isSecret(key)) return all;
        const edge = value.startsWith('"') ? '"' : value.startsWith("'") ? "'" : "";
        return `${quote}${key}${quote}${between}${edge}${mask}${edge}`;
      });
  }

  /** A copy without secrets. */
  json(value: unknown, secret = false): unknown {
    if (typeof value === "string") return secret ? mask : this.value(value);
    if (typeof value === "number") return secret ? mask : value;
    if (Array.isArray(value)) return value.map((item) => this.json(item, secret));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.json(item, secret || this.isSecret(key))]),
    );
  }

  /** At most 500 characters of a body. */
  bodyStart(body: Buffer): string {
    return this.text(body.subarray(0, 8_000).toString("utf8")).slice(0, 500);
  }
}
