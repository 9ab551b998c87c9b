import type { EntityRecord } from "@omd/schema";
import type { AirflowConnection } from "./config.ts";

/** The service with its connection; secrets show as the mask. */
export function serviceRecord(name: string, connection: AirflowConnection): EntityRecord {
  const { hostPort, numberOfStatus, connection: mode } = connection;
  const config = { type: "Airflow", hostPort, numberOfStatus, connection: JSON.parse(JSON.stringify(mode)) as unknown };
  return {
    kind: "entity",
    entityType: "pipelineService",
    request: { name, serviceType: "Airflow", connection: { config } },
  };
}
