import { ArtifactError } from "./artifact-error.ts";
import { isRaw, type Note, type Raw } from "./fields.ts";
import type { Part, Shape } from "./json-sections.ts";

type SectionPart = Extract<Part, { part: "section" }>;
type ValuePart = Extract<Part, { part: "value" }>;

/** Throws an {@link ArtifactError} for a section of another shape than dbt writes. `null` is let through. */
export function checkShape(part: SectionPart, wanted: Shape, file: string, hint?: string): void {
  if (part.shape === wanted || part.shape === "value") return;
  const words = { object: "an object {…}", list: "a list […]", value: "a single value" };
  throw new ArtifactError(file, `"${part.section}" is ${words[part.shape]}`, {
    offset: part.offset,
    expected: words[wanted],
    hint,
  });
}

/** An item as an object; what is none is noted and left out. */
export function itemOf(part: ValuePart, note: Note): Raw | undefined {
  if (isRaw(part.value)) return part.value;
  if (part.key !== undefined) note(`entries of ${part.section} that are no objects are left out`);
  return undefined;
}
