import { Refusal } from "../answers.ts";
import type { Document } from "./documents.ts";
import { hasWords, wildcard } from "./text-match.ts";

export type Predicate = (document: Document) => boolean;

export interface QueryStringOptions {
  /** Where words without a field are looked for. */
  readonly fields: readonly string[];
  readonly defaultOperator: "AND" | "OR";
}

const token =
  /\s*(?:([()])|([+\-!])(?=\S)|([\w.@]+(?:\\.[\w.]*)*):|"((?:\\.|[^"\\])*)"(?:~\d*)?|((?:\\.|[^\s()":\\]|:)+))/gsuy;

type Token =
  | { readonly kind: "open" | "close" | "and" | "or" | "not" | "must" }
  | { readonly kind: "field"; readonly text: string }
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean };

/** Reads a query as Lucene writes it: words, `"phrases"`, `field:value`, AND, OR, NOT, `+`, `-`, parentheses. Throws Refusal 400. */
export function parseQueryString(text: string, options: QueryStringOptions): Predicate {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return () => true;
  const parser = new Parser(tokens, options);
  return parser.all();
}

function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed);
    if (!match) throw new Refusal(400, `Failed to parse query [${text}]`);
    const [, parenthesis, sign, field, phrase, word] = match;
    if (parenthesis !== undefined) found.push({ kind: parenthesis === "(" ? "open" : "close" });
    else if (sign !== undefined) found.push({ kind: sign === "+" ? "must" : "not" });
    else if (field !== undefined) found.push({ kind: "field", text: field.replaceAll("\\", "") });
    else if (phrase !== undefined) found.push({ kind: "text", text: unescaped(phrase), quoted: true });
    else found.push(wordToken(word ?? ""));
  }
  return found;
}

function wordToken(word: string): Token {
  if (word === "AND" || word === "&&") return { kind: "and" };
  if (word === "OR" || word === "||") return { kind: "or" };
  if (word === "NOT") return { kind: "not" };
  return { kind: "text", text: word.replace(/(?<!\\)~\d*$/, ""), quoted: false };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, "$1");
}

/** Parentheses, NOTs and fields within each other; deeper ones would be a stack of calls without an end. */
const maxDepth = 50;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #options: QueryStringOptions;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], options: QueryStringOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  all(): Predicate {
    const found = this.#either(undefined);
    if (this.#at < this.#tokens.length) throw new Refusal(400, "Failed to parse query: a parenthesis is not opened");
    return found;
  }

  #either(field: string | undefined): Predicate {
    const options = [this.#every(field)];
    while (this.#take("or")) options.push(this.#every(field));
    return options.length === 1 ? (options[0] ?? never) : (document) => options.some((test) => test(document));
  }

  #every(field: string | undefined): Predicate {
    const must: Predicate[] = [];
    const may: Predicate[] = [];
    const not: Predicate[] = [];
    let joined = false;
    for (;;) {
      const required = this.#take("must") || joined;
      const prohibited = this.#peek() === "not";
      const test = this.#one(field);
      const next = this.#take("and");
      if (prohibited) not.push(test);
      else if (required || next || this.#options.defaultOperator === "AND") must.push(test);
      else may.push(test);
      joined = next;
      if (!next && (this.#peek() === undefined || this.#peek() === "or" || this.#peek() === "close")) break;
    }
    return (document) =>
      [...must, ...not].every((test) => test(document)) &&
      (may.length === 0 || must.length > 0 || may.some((test) => test(document)));
  }

  #one(field: string | undefined): Predicate {
    this.#depth += 1;
    if (this.#depth > maxDepth)
      throw new Refusal(400, `Failed to parse query: it goes more than ${maxDepth} levels deep`);
    const test = this.#read(field);
    this.#depth -= 1;
    return test;
  }

  #read(field: string | undefined): Predicate {
    const next = this.#tokens[this.#at];
    this.#at += 1;
    if (next?.kind === "not") {
      const test = this.#one(field);
      return (document) => !test(document);
    }
    if (next?.kind === "open") {
      const inner = this.#either(field);
      if (!this.#take("close")) throw new Refusal(400, "Failed to parse query: a parenthesis is not closed");
      return inner;
    }
    if (next?.kind === "field") return this.#one(next.text);
    if (next?.kind !== "text") throw new Refusal(400, "Failed to parse query: a word is missing");
    return textTest(next.text, next.quoted, field === undefined ? this.#options.fields : [field]);
  }

  #peek(): Token["kind"] | undefined {
    return this.#tokens[this.#at]?.kind;
  }

  #take(kind: Token["kind"]): boolean {
    if (this.#peek() !== kind) return false;
    this.#at += 1;
    return true;
  }
}

const never: Predicate = () => false;

function textTest(text: string, quoted: boolean, fields: readonly string[]): Predicate {
  if (!quoted && text === "*") return (document) => fields.some((field) => document.values(bare(field)).length > 0);
  const literal = quoted ? text.replaceAll(/[*?]/g, " ") : unescaped(text);
  const whole = wildcard(quoted ? text.replaceAll(/[\\*?]/g, String.raw`\$&`) : text, true);
  const words = !quoted && /(?<!\\)[*?]/.test(text) ? text : literal.replaceAll(/[*?]/g, " ");
  return (document) =>
    fields.some((field) =>
      document.values(bare(field)).some((value) => {
        const given = String(value);
        return field.endsWith(".keyword") || typeof value !== "string" ? whole.test(given) : hasWords(given, words);
      }),
    );
}

/** The field as it stands in an entity: without `.keyword` and the boost. */
export function bare(field: string): string {
  return field.replace(/\^[\d.]+$/, "").replace(/\.(?:keyword|ngram|raw|compound)$/, "");
}
