import type { SourceContext } from "@omd/core";
import { encodeName, fqnOf, type TagLabel, type TagRecord } from "@omd/schema";
import type { ManifestNode } from "../artifacts/shapes.ts";
import type { DbtOptions } from "../config.ts";
import type { Filters } from "./filters.ts";

/** Classification of what dbt says about the making and use of a model. */
export const propertiesClassification = {
  name: "dbtProperties",
  description: "How models are made in dbt, and who may use them.",
} as const;

const maxName = 256;

export interface LabelParts {
  readonly context: Pick<SourceContext, "warn">;
  readonly options: Pick<DbtOptions, "includeTags" | "dbtClassificationName">;
  readonly filters: Pick<Filters, "tag">;
}

/** Labels of a run, and the tags that they need, each once. */
export class Labels {
  readonly #parts: LabelParts;
  readonly #known = new Set<string>();
  #fresh: TagRecord[] = [];

  constructor(parts: LabelParts) {
    this.#parts = parts;
  }

  /** Of tags in dbt; none when they are not wanted. */
  of(tags: readonly string[]): TagLabel[] {
    const { options, filters } = this.#parts;
    if (!options.includeTags) return [];
    const { dbtClassificationName: name } = options;
    const classification = { name, description: "Tags that models, sources and columns have in dbt." };
    const wanted = tags.map((tag) => tag.trim()).filter((tag) => tag !== "" && filters.tag(tag));
    return [...new Set(wanted)].flatMap((tag) => this.#label(classification, tag, `Tagged ${tag} in dbt.`));
  }

  /** Of access, contract, version, group, deprecation and materialisation. */
  properties(node: ManifestNode): TagLabel[] {
    if (!this.#parts.options.includeTags) return [];
    const label = (name: string, description: string): TagLabel[] =>
      this.#label(propertiesClassification, name, description);
    const { access, materialized, version, latestVersion, group, deprecationDate } = node;
    const deprecated = whereGiven(deprecationDate, () => label("deprecated", "Has a deprecation date in dbt."));
    return [
      ...whereGiven(access, (it) => label(`access_${it}`, `Models that are ${it} in dbt.`)),
      ...(node.contractEnforced ? label("contract_enforced", "Models whose columns dbt holds to a contract.") : []),
      ...whereGiven(materialized, (it) => label(`materialized_${it}`, `Made as ${it} by dbt.`)),
      ...whereGiven(version, (it) => label(`version_${it}`, `Version ${it} of a model.`)),
      ...(version !== undefined && version === latestVersion
        ? label("version_latest", "The latest version of a model.")
        : []),
      ...whereGiven(group, (it) => label(`group_${it}`, `Models of the group ${it} in dbt.`)),
      ...deprecated.map((it) => ({ ...it, reason: `deprecation_date: ${deprecationDate}` })),
    ];
  }

  /** Of a model that dbt declares and the database does not have. */
  notBuilt(): TagLabel[] {
    if (!this.#parts.options.includeTags) return [];
    return this.#label(
      propertiesClassification,
      "not_built",
      "Declared in dbt; the database did not have it after dbt's last run.",
    );
  }

  /** How far an exposure is: `high`, `medium`, `low`. */
  maturity(maturity: string | undefined): TagLabel[] {
    if (!this.#parts.options.includeTags) return [];
    return whereGiven(maturity, (it) =>
      this.#label(propertiesClassification, `maturity_${it}`, `Exposures whose maturity is ${it} in dbt.`),
    );
  }

  /** Tells a semantic model from metrics, which it is one of in the catalog. */
  semanticModel(): TagLabel[] {
    if (!this.#parts.options.includeTags) return [];
    return this.#label(
      propertiesClassification,
      "semantic_model",
      "Semantic models of dbt, which metrics are measured by.",
    );
  }

  /** Of a table that metrics are joined to for their time; `grain` is `day` and the like. */
  timeSpine(grain: string): TagLabel[] {
    if (!this.#parts.options.includeTags) return [];
    return this.#label(
      propertiesClassification,
      `time_spine_${grain}`,
      `Joined by MetricFlow for metrics by ${grain}.`,
    );
  }

  /** The tags that were needed since this was asked last. */
  takeRecords(): readonly TagRecord[] {
    const fresh = this.#fresh;
    if (fresh.length > 0) this.#fresh = [];
    return fresh;
  }

  #label(classification: TagRecord["classification"], name: string, description: string): TagLabel[] {
    const encoded = encodeName(name);
    if (encoded.length > maxName) {
      this.#parts.context.warn(
        `${classification.name}.${encoded.slice(0, 40)}…`,
        `a tag of more than ${maxName} letters`,
      );
      return [];
    }
    const tagFQN = fqnOf(classification.name, encoded);
    if (!this.#known.has(tagFQN)) {
      this.#known.add(tagFQN);
      this.#fresh.push({ kind: "tag", classification, tag: { name: encoded, description } });
    }
    return [{ tagFQN, source: "Classification", labelType: "Automated", state: "Suggested" }];
  }
}

function whereGiven(value: string | undefined, make: (value: string) => TagLabel[]): TagLabel[] {
  return value === undefined || value.trim() === "" ? [] : make(value.trim());
}
