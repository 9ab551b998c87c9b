import { unknownId, type KnownEntity, type Listing } from "./known-entity.ts";

/** So many ids below one parent are looked up one by one, and more below a large one; then its children are listed. */
const lookedUpAlone = 3;
/** Rows of a listing that cost about as much as one look-up. */
const rowsForOne = 100;

interface Asked {
  alone: number;
  listing?: Promise<void>;
}

export interface IdReads {
  /** One entity by name. */
  readonly alone: () => Promise<KnownEntity | undefined>;
  /** All children of the parent. */
  readonly all: () => Promise<Listing>;
}

/** Ids of what a bulk write made without naming them: few are looked up, many come in one listing. */
export class UntoldIds {
  readonly #asked = new WeakMap<Listing, Asked>();

  /** The entity with its id, put into the listing. */
  async find(listing: Listing, fqn: string, reads: IdReads): Promise<KnownEntity | undefined> {
    const asked = this.#askedOf(listing);
    await asked.listing;
    if (isUntold(listing.get(fqn)) && asked.alone >= Math.max(lookedUpAlone, listing.size / rowsForOne)) {
      asked.listing ??= fill(listing, reads).finally(() => {
        delete asked.listing;
        asked.alone = 0;
      });
      await asked.listing;
    }
    const known = listing.get(fqn);
    if (!isUntold(known)) return known;
    asked.alone += 1;
    const found = await reads.alone();
    const entity = found && { ...found, isNew: known?.isNew };
    if (entity) listing.set(fqn, entity);
    return entity;
  }

  #askedOf(listing: Listing): Asked {
    const known = this.#asked.get(listing);
    if (known) return known;
    const asked: Asked = { alone: 0 };
    this.#asked.set(listing, asked);
    return asked;
  }
}

async function fill(listing: Listing, { all }: IdReads): Promise<void> {
  for (const [fqn, entity] of await all()) {
    const known = listing.get(fqn);
    if (isUntold(known)) listing.set(fqn, { ...entity, isNew: known?.isNew });
  }
}

function isUntold(known: KnownEntity | undefined): boolean {
  return known?.id === unknownId;
}
