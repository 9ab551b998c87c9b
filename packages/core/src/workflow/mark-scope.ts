import type { FQN } from "@omd/schema";
import type { StateStore, StoredMarks } from "../state/state-store.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** The marks of one source in one catalog. They belong to the service's id: one that was removed and made again starts anew. */
export class MarkScope {
  readonly #parts: WorkflowParts;
  readonly #service: FQN;
  readonly marks: StoredMarks;
  readonly #isFinal: boolean;

  private constructor(parts: WorkflowParts, service: FQN, marks: StoredMarks, isFinal: boolean) {
    this.#parts = parts;
    this.#service = service;
    this.marks = marks;
    this.#isFinal = isFinal;
  }

  /** `readsOnly`: what a broken-off run left before there was a service stays where it is. */
  static async open(
    parts: WorkflowParts,
    service: FQN,
    state: StateStore,
    options: { readsOnly: boolean },
  ): Promise<MarkScope> {
    const { name, isNew } = await nameOf(parts, service);
    const marks = state.marks(name);
    if (isNew && !options.readsOnly) marks.clear();
    return new MarkScope(parts, service, marks, !isNew);
  }

  /** The run has written a service: as early as its name can be final, for few marks have to move then. */
  wroteService(): void {
    if (this.#isFinal) return;
    nameOf(this.#parts, this.#service)
      .then(({ name, isNew }) => {
        if (!isNew) this.marks.moveTo(name);
      })
      .catch((error: unknown) => this.#parts.log.debug(`marks have no final scope yet: ${String(error)}`));
  }

  /** At the end of a run that went well. */
  async save(): Promise<void> {
    const { name } = await nameOf(this.#parts, this.#service);
    this.marks.save(name, { andForget: true });
  }
}

async function nameOf(
  { catalog, config, resolved }: WorkflowParts,
  service: FQN,
): Promise<{ name: string; isNew: boolean }> {
  const stored = await catalog.get(resolved.serviceKind, service, { include: "all" });
  const name = [catalog.identity, service, stored?.id ?? "new", config.source.type].join(" ");
  return { name, isNew: stored === undefined };
}
