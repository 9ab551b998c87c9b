export * from "./create-processors.ts";
export { processorConfig, type ProcessorConfig } from "./processor-config.ts";
