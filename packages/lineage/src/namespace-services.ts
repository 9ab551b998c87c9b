/** Names of the services that a namespace means, by the namespace, its beginning, or a pattern that ends in `*`. */
export type NamespaceMapping = Readonly<Record<string, readonly string[]>>;

interface Entry {
  readonly text: string;
  /** What may follow: anything, or only what begins a new part of a namespace. */
  readonly open: boolean;
  readonly services: readonly string[];
}

/**
 * Says which services of the catalog a namespace of OpenLineage means. A whole namespace goes before its beginning, and of two
 * beginnings the longer one counts. Case and slashes at the end make no difference.
 */
export class NamespaceServices {
  readonly #entries: readonly Entry[];
  /** The same text for the same mapping. */
  readonly key: string;

  constructor(mapping: NamespaceMapping = {}) {
    this.#entries = Object.entries(mapping)
      .map(([namespace, services]) => {
        const open = namespace.endsWith("*");
        return { text: normalNamespace(open ? namespace.slice(0, -1) : namespace, open), open, services };
      })
      .sort((a, b) => b.text.length - a.text.length || Number(a.open) - Number(b.open) || (a.text < b.text ? -1 : 1));
    this.key = this.#entries.length === 0 ? "" : JSON.stringify(this.#entries);
  }

  /** Empty: nobody said what it means. */
  of(namespace: string): readonly string[] {
    const given = normalNamespace(namespace);
    return this.#entries.find((entry) => begins(given, entry))?.services ?? [];
  }

  /** All services that are named, each once. */
  get services(): readonly string[] {
    return [...new Set(this.#entries.flatMap(({ services }) => services))];
  }
}

/** The form in which namespaces are compared; `open`: it is only a beginning, so that its slashes count. */
export function normalNamespace(namespace: string, open = false): string {
  const lower = namespace.trim().toLowerCase();
  // The slashes of `s3://` are no end: it is the beginning of every bucket.
  return open || lower.endsWith("://") ? lower : lower.replace(/\/+$/, "");
}

function begins(given: string, { text, open }: Entry): boolean {
  if (!given.startsWith(text)) return false;
  return open || given.length === text.length || text.endsWith("/") || /^[/:;]/.test(given.slice(text.length));
}
