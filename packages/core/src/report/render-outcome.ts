import { counted, durationInWords } from "./render-words.ts";
import type { Report } from "./report.ts";

const meanings = ["complete", "failed", "bad configuration", "incomplete"] as const;

/** The last line of a run: what came of it in plain words, and what the exit code means. */
export function outcomeInWords(report: Report): string {
  const time = durationInWords(report.endedAt - report.startedAt);
  const meaning = meanings[report.exitCode] ?? "unknown";
  switch (report.outcome) {
    case "complete":
      return `Complete in ${time}: everything asked for is read and written${openEnds(report)} (exit code ${report.exitCode}: ${meaning}).`;
    case "incomplete":
      return report.exitCode === 0
        ? `Incomplete after ${time}, which was allowed (exit code 0).`
        : `Incomplete after ${time}: not everything could be read, written or deleted; see above (exit code ${report.exitCode}: ${meaning}).`;
    case "stopped":
      return `Stopped after ${time}: what had been read is written, nothing was deleted (exit code ${report.exitCode}: ${meaning}).`;
    default:
      return `Failed after ${time}, see above (exit code ${report.exitCode}: ${meaning}).`;
  }
}

/** An edge to what the catalog does not have is no failure of the run, and not to be passed over. */
function openEnds({ unresolvedCount }: Report): string {
  return unresolvedCount === 0 ? "" : `, but ${counted(unresolvedCount, "lineage edge")} not resolved`;
}
