import type { SourceContext } from "@omd/core";

const maxNamed = 5;

/** Counts what could not be done, by reason: one warning for each reason, whatever the number of things. */
export class Problems {
  readonly #byReason = new Map<string, string[]>();

  add(reason: string, name: string): void {
    const names = this.#byReason.get(reason);
    if (names === undefined) this.#byReason.set(reason, [name]);
    else names.push(name);
  }

  /** Tells all of them, and forgets them. */
  tell(context: Pick<SourceContext, "warn">, about: string): void {
    for (const [reason, names] of this.#byReason) {
      const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : "";
      context.warn(about, `${reason}: ${names.length} (${names.slice(0, maxNamed).join(", ")}${more})`);
    }
    this.#byReason.clear();
  }
}
