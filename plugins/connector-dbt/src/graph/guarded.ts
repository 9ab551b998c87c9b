import { failureOf, left, type Either, type SourceContext } from "@omd/core";
import type { MetadataRecord } from "@omd/schema";

type Records = AsyncIterable<Either<MetadataRecord>> | Iterable<Either<MetadataRecord>>;

/** The records of one thing; what is thrown, unless it ends the run, is a failure of this thing alone. */
export async function* guarded(
  context: Pick<SourceContext, "signal">,
  uniqueId: string,
  records: () => Records,
): AsyncGenerator<Either<MetadataRecord>> {
  context.signal.throwIfAborted();
  try {
    yield* records();
  } catch (error) {
    if (context.signal.aborted) throw error;
    yield left(failureOf(uniqueId, error));
  }
}
