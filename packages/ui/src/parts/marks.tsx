import { ago, kind, moment } from "../format.ts";

const tones: Readonly<Record<string, "good" | "warn" | "bad">> = {
  complete: "good",
  successful: "good",
  success: "good",
  applied: "good",
  created: "good",
  restored: "good",
  incomplete: "warn",
  partial: "warn",
  pending: "warn",
  updated: "warn",
  aborted: "warn",
  failed: "bad",
  "not applied": "warn",
  deleted: "bad",
};

/** A state in words, with a colour and a shape of its own. Unknown states are grey. */
export function Mark({ state }: { readonly state: string }) {
  return <span className={`mark ${tones[state.toLowerCase()] ?? ""}`}>{state.toLowerCase()}</span>;
}

/** Colour class of a state; empty for unknown ones. */
export function tone(state: string | undefined): string {
  return (state === undefined ? undefined : tones[state.toLowerCase()]) ?? "";
}

/** The kind of an entity. */
export function Kind({ type }: { readonly type: string }) {
  return <span className="kind">{kind(type)}</span>;
}

/** How long ago, with the exact time in the tooltip. */
export function Ago({ time }: { readonly time: number | string | undefined }) {
  const ms = time === undefined ? Number.NaN : new Date(time).getTime();
  if (Number.isNaN(ms)) return <span className="muted">unknown</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={moment(ms)}>
      {ago(ms)}
    </time>
  );
}
