import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import {
  ConfigError,
  ConfigOrigin,
  configFromObject,
  expandVariables,
  locateIssues,
  OmdError,
  type ConfigIssue,
  type ConfigPath,
  type LoadOptions,
  type WorkflowConfig,
} from "@omd/core";
import { namePattern } from "@omd/schema";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = Readonly<Record<string, unknown>>;

export interface DbtProjectOptions extends LoadOptions {
  /** Directory of the artifacts, seen from the project; default: `target-path` of dbt_project.yml, else `target`. */
  readonly targetPath?: string | undefined;
}

const prefix = "openmetadata_";
/** Variables come as text where `env_var` gives them. */
const flag = z.union([z.boolean(), z.stringbool()]).optional();
const filterPattern = z
  .strictObject({ includes: z.array(namePattern).optional(), excludes: z.array(namePattern).optional() })
  .optional();

/** The variables of dbt_project.yml that begin with `openmetadata_`, as the Python ingestion names them, and `openmetadata_create_missing_tables`. */
const variables = z.strictObject({
  openmetadata_host_port: z.string().min(1).optional(),
  openmetadata_jwt_token: z.string().min(1).optional(),
  openmetadata_service_name: z.string().min(1).optional(),
  openmetadata_dbt_update_descriptions: flag,
  openmetadata_dbt_update_owners: flag,
  openmetadata_include_tags: flag,
  openmetadata_search_across_databases: flag,
  openmetadata_create_missing_tables: flag,
  openmetadata_dbt_classification_name: z.string().min(1).optional(),
  openmetadata_database_filter_pattern: filterPattern,
  openmetadata_schema_filter_pattern: filterPattern,
  openmetadata_table_filter_pattern: filterPattern,
});
type Variables = z.infer<typeof variables>;

/**
 * The workflow that a dbt project asks for in the variables of its dbt_project.yml; without `openmetadata_host_port` it goes into the embedded catalog.
 * `.env` of the project and of the working directory are read, what the environment has already stays.
 * Throws ConfigError with file, line and column, and OMD_CONFIG when dbt has left no manifest yet.
 */
export async function dbtProjectWorkflow(directory: string, options: DbtProjectOptions = {}): Promise<WorkflowConfig> {
  const file = join(directory, "dbt_project.yml");
  const env = { ...(await dotEnv(".")), ...(await dotEnv(directory)), ...(options.env ?? process.env) };
  const { settings, origin } = readProject(await readText(file), file);
  const name = typeof settings["name"] === "string" ? settings["name"] : undefined;
  const found = variablesOf(settings, name, { origin, env });
  const serviceName = serviceOf(found, name, origin);
  const ownTarget = settings["target-path"];
  const written = typeof ownTarget === "string" ? expanded(ownTarget, ["target-path"], { origin, env }) : undefined;
  const target = resolve(directory, options.targetPath ?? written ?? "target");
  if (!["manifest.json", "manifest.json.gz"].some((artifact) => existsSync(join(target, artifact))))
    throw new OmdError("OMD_CONFIG", `no manifest.json in ${target}`, {
      hint: "Run `dbt build` in the project, and `dbt docs generate` for the types of columns; or name the directory with --target-path.",
    });
  return configFromObject(workflowOf(found, serviceName, target), { ...options, env });
}

function workflowOf(found: Variables, serviceName: string, target: string): object {
  const server = found.openmetadata_host_port;
  const jwtToken = found.openmetadata_jwt_token;
  return {
    source: {
      type: "dbt",
      serviceName,
      sourceConfig: {
        config: {
          type: "DBT",
          dbtConfigSource: { dbtConfigType: "local", dbtManifestFilePath: target },
          dbtUpdateDescriptions: found.openmetadata_dbt_update_descriptions ?? true,
          dbtUpdateOwners: found.openmetadata_dbt_update_owners ?? true,
          includeTags: found.openmetadata_include_tags ?? true,
          searchAcrossDatabases: found.openmetadata_search_across_databases ?? false,
          createMissingTables: found.openmetadata_create_missing_tables,
          dbtClassificationName: found.openmetadata_dbt_classification_name,
          databaseFilterPattern: found.openmetadata_database_filter_pattern,
          schemaFilterPattern: found.openmetadata_schema_filter_pattern,
          tableFilterPattern: found.openmetadata_table_filter_pattern,
        },
      },
    },
    sink: { type: "metadata-rest", config: {} },
    ...(server !== undefined && {
      workflowConfig: {
        openMetadataServerConfig: {
          hostPort: server,
          ...(jwtToken !== undefined && { authProvider: "openmetadata", securityConfig: { jwtToken } }),
        },
      },
    }),
  };
}

/** On a server the service is there already and must be named; the embedded catalog makes one that is called like the project. */
function serviceOf(found: Variables, name: string | undefined, origin: ConfigOrigin): string {
  const missing = (variable: string, message: string): ConfigError =>
    new ConfigError([{ file: origin.file, ...origin.locate(["vars"]), path: ["vars", variable], message }]);
  if (found.openmetadata_jwt_token !== undefined && found.openmetadata_host_port === undefined)
    throw missing("openmetadata_host_port", "missing, but there is openmetadata_jwt_token");
  if (found.openmetadata_service_name !== undefined) return found.openmetadata_service_name;
  if (found.openmetadata_host_port !== undefined || name === undefined)
    throw missing("openmetadata_service_name", "missing: the database service that has the tables of the project");
  return name;
}

interface Reading {
  readonly origin: ConfigOrigin;
  readonly env: Environment;
}

/** Variables of the project win over those of all projects, as in dbt. */
function variablesOf(settings: Settings, name: string | undefined, reading: Reading): Variables {
  const all = isMap(settings["vars"]) ? settings["vars"] : {};
  const own = name === undefined ? undefined : all[name];
  return {
    ...scope(all, ["vars"], reading),
    ...(isMap(own) && name !== undefined && scope(own, ["vars", name], reading)),
  };
}

function scope(map: Settings, path: ConfigPath, reading: Reading): Variables {
  const ours = Object.entries(map).filter(([key]) => key.startsWith(prefix));
  const values = Object.fromEntries(ours.map(([key, value]) => [key, filled(value, [...path, key], reading)]));
  const parsed = variables.safeParse(values);
  if (parsed.success) return parsed.data;
  const { origin } = reading;
  const nested = path.reduceRight<unknown>((below, key) => ({ [key]: below }), values) as object;
  throw locateIssues({ ...nested, origin }, path, parsed.error, variables) ?? parsed.error;
}

function filled(value: unknown, path: ConfigPath, reading: Reading): unknown {
  if (typeof value === "string") return expanded(value, path, reading);
  if (Array.isArray(value)) return value.map((entry: unknown, at) => filled(entry, [...path, at], reading));
  if (!isMap(value)) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, filled(entry, [...path, key], reading)]));
}

const envVar = /\{\{\s*env_var\(\s*(["'])(.*?)\1\s*(?:,\s*(["'])(.*?)\3\s*)?\)\s*\}\}/gu;

/** `{{ env_var("X", "default") }}` and `${X}` with what the environment has. Throws ConfigError for a variable that is not set, and for other Jinja. */
function expanded(text: string, path: ConfigPath, { origin, env }: Reading): string {
  const issue = (message: string): ConfigIssue => ({
    file: origin.file,
    ...origin.locate(path, "value"),
    path,
    message,
  });
  const plain = text.replace(envVar, (_whole, _quote, name: string, _other, fallback: string | undefined) => {
    const value = env[name] ?? fallback;
    if (value === undefined) throw new ConfigError([issue(`environment variable ${name} is not set`)]);
    return value;
  });
  if (/\{\{|\{%/u.test(plain)) throw new ConfigError([issue("of Jinja only {{ env_var('NAME', 'default') }} is read")]);
  // What a variable of the environment holds stands as it is.
  const result = plain === text ? expandVariables(text, env) : { ok: true as const, text: plain };
  if (!result.ok) throw new ConfigError([issue(result.reason)]);
  return result.text;
}

function readProject(text: string, file: string): { settings: Settings; origin: ConfigOrigin } {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error", lineCounter: lines, merge: true });
  const origin = new ConfigOrigin(file, document, lines);
  const [error] = document.errors;
  const settings: unknown = error ? undefined : document.toJS();
  if (isMap(settings)) return { settings, origin };
  const place = error ? origin.position(error.pos[0]) : { line: 1, column: 1 };
  const message = error ? `is not valid YAML: ${error.code}` : "is no dbt_project.yml: a map of keys is wanted";
  throw new ConfigError([{ file, ...place, path: [], message }]);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const hint = "Run the command in a dbt project, or name its directory with -c.";
    throw new OmdError("OMD_CONFIG", `${file} cannot be read`, { hint, cause });
  }
}

async function dotEnv(directory: string): Promise<Environment> {
  try {
    return parseEnv(await readFile(join(directory, ".env"), "utf8"));
  } catch {
    return {};
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
