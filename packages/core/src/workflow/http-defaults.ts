import type { HttpRuntimeOptions } from "@omd/http";
import type { WorkflowConfig } from "../config/index.ts";

/** What the section `omd.http` of a workflow says to the clients of its run. */
export function httpDefaults({ omd: { http } }: WorkflowConfig): NonNullable<HttpRuntimeOptions["defaults"]> {
  const tls = http.caFile ?? http.certFile ?? http.verifySSL;
  return {
    budget: { maxConcurrency: http.maxConcurrency, perSecond: http.perSecond },
    retry: { limit: http.retries },
    timeoutMs: http.timeoutSeconds * 1000,
    deadlineMs: http.deadlineSeconds * 1000,
    ...(tls !== undefined && {
      tls: {
        verify: http.verifySSL ?? "validate",
        caFile: http.caFile,
        certFile: http.certFile,
        keyFile: http.keyFile,
      },
    }),
  };
}
