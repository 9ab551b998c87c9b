import { outcomeInWords } from "./render-outcome.ts";
import {
  deletesSection,
  failuresSection,
  httpSection,
  scopesSection,
  stepsSection,
  timesSection,
  unresolvedSection,
  warningsSection,
  type Section,
} from "./render-sections.ts";
import { painter, type Paint, type RenderOptions } from "./render-style.ts";
import { wrapText } from "./render-width.ts";
import type { Report } from "./report.ts";

const defaultWidth = 120;

/** The report as text for people; nothing in it is longer than `width` columns. The last line says the outcome. */
export function renderReport(report: Report, options: RenderOptions = {}): string {
  const width = options.width ?? defaultWidth;
  const paint = painter(options.colour);
  const sections = [
    timesSection(report, width),
    httpSection(report, width),
    stepsSection(report, width),
    scopesSection(report, width),
    ...deletesSection(report, width),
    unresolvedSection(report, width),
    warningsSection(report, width),
    failuresSection(report, width, options.allFailures),
  ];
  const parts = sections.filter(({ body }) => body !== "").map((section) => renderSection(section, paint, width));
  return [heading(report, width), ...parts, ending(report, width, paint)].join("\n\n");
}

/** Warnings and failures alone, for what is not a run. Empty when there are none. */
export function renderProblems(report: Report, options: RenderOptions = {}): string {
  const width = options.width ?? defaultWidth;
  const sections = [warningsSection(report, width), failuresSection(report, width, options.allFailures)];
  return sections
    .filter(({ body }) => body !== "")
    .map((section) => renderSection(section, painter(options.colour), width))
    .join("\n\n");
}

function heading(report: Report, width: number): string {
  const { omdVersion, workflow, sourceType, serviceName, catalog, runId } = report;
  const into =
    catalog.kind === "none" ? "no catalog" : `${catalog.kind} catalog ${catalog.version} (${catalog.identity})`;
  return wrapText(
    `omd ${omdVersion} · ${workflow} of ${sourceType} · service ${serviceName} · ${into} · run ${runId}`,
    width,
  ).join("\n");
}

function renderSection({ title, body, tone }: Section, paint: Paint, width: number): string {
  const style = tone === "bad" ? "red" : tone === "warn" ? "yellow" : "bold";
  const titleLines = wrapText(title, width).map((line) => paint(style, line));
  return [...titleLines, ...wrapText(body, width)].join("\n");
}

function ending(report: Report, width: number, paint: Paint): string {
  const tone = report.outcome === "complete" ? "green" : report.outcome === "failed" ? "red" : "yellow";
  return [
    `Workflow Success %: ${report.successPercent}`,
    ...report.reasons.flatMap((reason) => wrapText(`- ${reason}`, width)),
    ...wrapText(outcomeInWords(report), width).map((line) => paint(tone, line)),
  ].join("\n");
}
