/** A line of `omd catalog export`. */
export interface ExportedLine {
  readonly kind: string;
  readonly type?: string;
  readonly fullyQualifiedName?: string;
  readonly [field: string]: unknown;
}

export interface ExportedEdge extends ExportedLine {
  readonly from: { type: string; fullyQualifiedName: string };
  readonly to: { type: string; fullyQualifiedName: string };
  readonly source: string;
  readonly columnsLineage?: readonly { fromColumns: readonly string[]; toColumn: string }[];
}

/** What `omd catalog export` printed, to look things up in. */
export class ExportedCatalog {
  readonly lines: readonly ExportedLine[];

  constructor(text: string) {
    this.lines = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ExportedLine);
  }

  /** By FQN; those marked deleted are left out. */
  entities(type: string): ReadonlyMap<string, ExportedLine> {
    return new Map(
      this.lines
        .filter((line) => line.kind === "entity" && line.type === type && line["deleted"] !== true)
        .map((line) => [String(line.fullyQualifiedName), line]),
    );
  }

  get edges(): readonly ExportedEdge[] {
    return this.lines.filter((line) => line.kind === "lineage") as unknown as ExportedEdge[];
  }

  ofKind(kind: string): readonly ExportedLine[] {
    return this.lines.filter((line) => line.kind === kind);
  }
}
