import type { Group } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";

/** Groups of a project by name. */
export function groupsOf(view: ProjectView): ReadonlyMap<string, Group> {
  const found = new Map<string, Group>();
  for (const id of view.ids("group")) {
    const group = view.load("group", id);
    if (group !== undefined) found.set(group.name, group);
  }
  return found;
}
