import { entityTypes, serviceTypeOf, type EntityType, type ServiceType } from "@omd/schema";

/** The service type of each entity type that lies in a service. */
export const serviceTypes: ReadonlyMap<string, ServiceType> = new Map(
  (Object.keys(entityTypes) as EntityType[]).flatMap((type) => {
    const service = serviceTypeOf(type);
    return service === undefined ? [] : [[type, service] as const];
  }),
);
