import type { Analysis, Question } from "./analyse.ts";

export interface Call {
  readonly id: number;
  readonly question: Question;
}

export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly id: number; readonly analysis: Analysis }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
