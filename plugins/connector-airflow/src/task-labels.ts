/**
 * Readable names of tasks in task groups: `extract.crm.accounts` → `accounts (extract.crm)`. The API shows groups as prefixes of ids only, and an id may
 * hold a dot without any group: a prefix counts as a group when two tasks share it. Tasks without one are not in the result.
 */
export function taskLabels(taskIds: readonly string[]): Map<string, string> {
  const members = new Map<string, number>();
  for (const id of taskIds) for (const prefix of prefixesOf(id)) members.set(prefix, (members.get(prefix) ?? 0) + 1);
  const labels = new Map<string, string>();
  for (const id of taskIds) {
    const group = prefixesOf(id).findLast((prefix) => (members.get(prefix) ?? 0) > 1);
    if (group !== undefined) labels.set(id, `${id.slice(group.length + 1)} (${group})`);
  }
  return labels;
}

/** `a.b.c` → `a`, `a.b`. */
function prefixesOf(id: string): string[] {
  const prefixes: string[] = [];
  for (let dot = id.indexOf("."); dot > 0; dot = id.indexOf(".", dot + 1))
    if (dot < id.length - 1) prefixes.push(id.slice(0, dot));
  return prefixes;
}
