export { airflowConnection, pipelineMetadata, type AirflowConnection, type PipelineMetadata } from "./config.ts";
export { AirflowSource } from "./source.ts";
