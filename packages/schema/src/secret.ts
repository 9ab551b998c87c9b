import { inspect } from "node:util";
import { z } from "zod";

const brand = Symbol.for("omd.secret");
const mask = "*********";

/** A value that prints, serialises and inspects as a mask. Only {@link Secret.reveal} gives it away. */
export class Secret {
  readonly #value: string;
  readonly [brand] = true;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return `Secret(${mask})`;
  }
}

/** Knows a Secret of another copy of this package too: a user-installed plugin brings its own. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && brand in value;
}

/** A string in the YAML, a {@link Secret} in memory. Marks the field as secret in the exported JSON Schema. */
export function secret() {
  return z
    .custom<string | Secret>((value) => typeof value === "string" || isSecret(value), {
      error: "Invalid input: expected string",
    })
    .transform((value) => (isSecret(value) ? value : new Secret(value)))
    .meta({ type: "string", secret: true });
}
