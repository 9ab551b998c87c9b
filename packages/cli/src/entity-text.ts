import { durationInWords, renderTable } from "@omd/core";
import { runTimes } from "@omd/schema";
import type { FoundEntity } from "./find-entity.ts";

type Row = Readonly<Record<string, unknown>>;

/** Fields that are shown elsewhere or tell a person nothing. */
const hidden = new Set([
  "id",
  "name",
  "fullyQualifiedName",
  "href",
  "columns",
  "tasks",
  "changeDescription",
  "sourceHash",
  "deleted",
]);

/** An entity for people: its fields, then its columns or tasks. */
export function entityText({ type, entity }: FoundEntity, width: number): string {
  const fields = Object.entries(entity)
    .filter(
      ([key, value]) =>
        !hidden.has(key) && value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    )
    .map(([key, value]) => [
      key,
      key === "updatedAt" && typeof value === "number" ? new Date(value).toISOString() : valueText(value),
    ]);
  const parts = [
    `${type} ${entity.fullyQualifiedName}${entity.deleted === true ? " (deleted)" : ""}`,
    renderTable([{ title: "Field" }, { title: "Value" }], fields, width),
  ];
  const columns = rows(entity["columns"]).flatMap((column) => columnRows(column, ""));
  const tasks = rows(entity["tasks"]).map((task) => [
    text(task["name"]),
    text(task["taskType"]),
    list(task["downstreamTasks"]),
    text(task["description"]),
  ]);
  parts.push(
    renderTable([{ title: "Column" }, { title: "Type" }, { title: "Tags" }, { title: "Description" }], columns, width),
    renderTable(
      [{ title: "Task" }, { title: "Type" }, { title: "Downstream" }, { title: "Description" }],
      tasks,
      width,
    ),
  );
  return parts.filter((part) => part !== "").join("\n\n");
}

function columnRows(column: Row, indent: string): string[][] {
  const own = [
    `${indent}${text(column["name"])}`,
    text(column["dataTypeDisplay"] ?? column["dataType"]),
    rows(column["tags"])
      .map((tag) => text(tag["tagFQN"]))
      .join(", "),
    text(column["description"]),
  ];
  return [own, ...rows(column["children"]).flatMap((child) => columnRows(child, `${indent}· `))];
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(nameOf).join("\n");
  return nameOf(value);
}

/** References and tags by their names, a run by its state, anything else as JSON. */
function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return text(value);
  const named = value as Row;
  const name = named["tagFQN"] ?? named["fullyQualifiedName"] ?? named["name"];
  if (typeof name === "string") return name;
  const run = runTimes(value);
  if (run) {
    const took = run.tookMs === undefined ? "" : `, took ${durationInWords(run.tookMs)}`;
    return `${run.state}, started ${new Date(run.beganAt).toISOString()}${took}`;
  }
  return JSON.stringify(value);
}

function rows(value: unknown): readonly Row[] {
  return Array.isArray(value) ? (value as Row[]) : [];
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(", ") : "";
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
