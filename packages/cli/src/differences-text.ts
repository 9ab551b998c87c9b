import type { ChangedEdge, Differences, EntityDifference } from "@omd/catalog";
import { renderTable } from "@omd/core";

const longest = 120;

/** What changed, for people; an empty text when nothing did. */
export function differencesText({ entities, edges }: Differences, width: number): string {
  return [
    renderTable(
      ["Change", "Type", "FQN", "Fields"].map((title) => ({ title })),
      entities.map((entity) => [entity.change, entity.type, entity.fqn, fieldsText(entity)]),
      width,
    ),
    renderTable(
      ["Change", "Lineage", "By"].map((title) => ({ title })),
      edges.map((edge) => [edge.change, `${edge.from} → ${edge.to}`, byText(edge)]),
      width,
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function fieldsText({ fields }: EntityDifference): string {
  return fields
    .map(({ name, before, after }) => {
      if (before === undefined) return `+ ${name}: ${short(after)}`;
      return after === undefined ? `- ${name}: ${short(before)}` : `~ ${name}: ${short(before)} → ${short(after)}`;
    })
    .join("\n");
}

function byText({ source, pipeline }: ChangedEdge): string {
  return pipeline === undefined ? source : `${pipeline} (${source})`;
}

function short(text = ""): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
