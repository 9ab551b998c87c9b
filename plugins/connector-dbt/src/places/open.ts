import type { DbtConfigSource } from "../config.ts";
import type { PlaceContext, Project } from "./project.ts";

/**
 * The dbt projects that a `dbtConfigSource` names, each with its artifacts; nothing is read of them yet.
 * Code and libraries of a place are loaded only when it is used. Throws OMD_CONNECTION or an HttpError for a place that cannot be read.
 */
export async function* openProjects(config: DbtConfigSource, context: PlaceContext): AsyncGenerator<Project> {
  switch (config.dbtConfigType) {
    case "local":
      return yield* (await import("./local.ts")).localProjects(config, context);
    case "http":
      return yield* (await import("./http.ts")).httpProjects(config, context);
    case "cloud":
      return yield* (await import("./cloud.ts")).cloudProjects(config, context);
    case "s3":
      return yield* (await import("./s3.ts")).s3Projects(config, context);
    case "gcs":
      return yield* (await import("./gcs.ts")).gcsProjects(config, context);
    case "azure":
      return yield* (await import("./azure.ts")).azureProjects(config, context);
  }
}
