import { z } from "zod";
import type { DagRow } from "./shapes.ts";

const amount = z.number().catch(0);
const timeDelta = z.object({ __type: z.literal("TimeDelta"), days: amount, seconds: amount, microseconds: amount });
const units = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"] as const;
const relativeDelta = z.looseObject({ __type: z.literal("RelativeDelta") });
const valued = z.object({ value: z.string() });

/** A DAG's schedule as text: a cron expression or preset, a span, `Dataset Triggered`; undefined when it has none. */
export function scheduleOf(dag: Pick<DagRow, "schedule_interval" | "timetable_summary">): string | undefined {
  const { schedule_interval: interval, timetable_summary: summary } = dag;
  if (interval === undefined || interval === null) return summary ?? undefined;
  if (typeof interval === "string") return named(interval);
  const value = valued.safeParse(interval);
  if (value.success) return named(value.data.value);
  const span = timeDelta.safeParse(interval);
  if (span.success) return spanText(span.data);
  const relative = relativeDelta.safeParse(interval);
  return relative.success ? relativeText(relative.data) : undefined;
}

/** Airflow 2 calls the schedule of a DAG that datasets start `Dataset`. */
function named(value: string): string {
  return value === "Dataset" ? "Dataset Triggered" : value;
}

/** As Python prints a timedelta: `1 day, 0:00:00`. */
function spanText(span: { days: number; seconds: number; microseconds: number }): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const { days, seconds, microseconds } = span;
  const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = microseconds === 0 ? "" : `.${String(microseconds).padStart(6, "0")}`;
  const dayText = days === 0 ? "" : `${days} day${Math.abs(days) === 1 ? "" : "s"}, `;
  return dayText + clock + fraction;
}

/** `every 1 month, 2 days`; undefined for one that is only made of fixed fields. */
function relativeText(delta: Readonly<Record<string, unknown>>): string | undefined {
  const parts = units.flatMap((unit) => {
    const value = delta[unit];
    if (typeof value !== "number" || value === 0) return [];
    return [`${value} ${Math.abs(value) === 1 ? unit.slice(0, -1) : unit}`];
  });
  return parts.length === 0 ? undefined : `every ${parts.join(", ")}`;
}
