import { Scenario, when, type Exchange } from "./extras-scenario.ts";
import type { TestApp } from "./test-app.ts";

const directory = '"my.drive".team a/b.2026';
export const fileFqn = `${directory}."data.csv"`;
const columns = [{ name: "id", dataType: "INT" }];

/** Edges that follow from that of a file into a topic: between their services and their domains. */
async function groupLineage(scenario: Scenario, drive: string, file: string): Promise<void> {
  for (const name of ["Sales", "Web"])
    await scenario.id("/domains", { name, description: "d", domainType: "Aggregate" });
  const kafka = await scenario.id("/services/messagingServices", {
    name: "kafka",
    serviceType: "Kafka",
    domains: ["Web"],
  });
  const topic = await scenario.id("/topics", { name: "t", service: "kafka", partitions: 1 });
  await scenario.call("PUT", "/domains/Sales/assets/add", { assets: [{ id: drive, type: "driveService" }] });
  const edge = { fromEntity: { id: file, type: "file" }, toEntity: { id: topic, type: "topic" } };
  await scenario.call("PUT", "/lineage", { edge });
  await scenario.call("GET", `/lineage/getLineageEdge/${drive}/${kafka}`);
  await scenario.call("GET", '/lineage/driveService/name/"my.drive"?upstreamDepth=0&downstreamDepth=1');
  await scenario.call("GET", "/lineage/domain/name/Web?upstreamDepth=1&downstreamDepth=0");
}

/** Calls every route of drives as clients do; answers all exchanges in order. */
export async function playDrives(server: TestApp): Promise<readonly Exchange[]> {
  const scenario = new Scenario(server);
  const service = "my.drive";
  const { id: serviceId } = await scenario.call("PUT", "/services/driveServices", {
    name: service,
    serviceType: "CustomDrive",
    connection: { config: { type: "CustomDrive", sourcePythonClass: "my.Drive" } },
  });
  await scenario.call("PUT", "/drives/directories/bulk", [
    { name: "team a/b", service, directoryType: "SharedDrive", path: "/team" },
    { name: "2026", service, parent: '"my.drive"."team a/b"', directoryType: "Folder" },
    { name: "lost", service, parent: '"my.drive".nowhere' },
  ]);
  await scenario.call("PUT", "/drives/files/bulk", [{ name: "readme", service, fileType: "Text" }]);
  const { id: file } = await scenario.call("PUT", "/drives/files", {
    name: "data.csv",
    service,
    directory,
    fileType: "CSV",
    size: 10,
    columns,
  });
  const shared = await scenario.call("GET", '/drives/directories/name/"my.drive"."team a%2Fb"?fields=*');
  const { id: spreadsheet } = await scenario.call("PUT", "/drives/spreadsheets", {
    name: "plan",
    service,
    parent: { id: shared["id"], type: "directory" },
    createdTime: when,
  });
  const { id: worksheet } = await scenario.call("PUT", "/drives/worksheets", {
    name: "Q1",
    spreadsheet: '"my.drive"."team a/b".plan',
    columns,
  });
  await scenario.call("PUT", `/drives/files/${String(file)}/sampleData`, { columns: ["id"], rows: [[1], [null]] });
  await scenario.call("GET", `/drives/files/${String(file)}/sampleData`);
  await scenario.call("PUT", `/drives/worksheets/${String(worksheet)}/sampleData`, { columns: ["id"], rows: [[2]] });
  await scenario.call("DELETE", `/drives/worksheets/${String(worksheet)}/sampleData`);
  await scenario.call("POST", `/usage/file/${String(file)}`, { date: "2026-04-01", count: 5 });
  await scenario.call("PATCH", `/drives/files/${String(file)}`, [{ op: "add", path: "/description", value: "d" }]);
  await scenario.call("GET", `/drives/files/name/${encodeURIComponent(fileFqn)}?fields=*`);
  await scenario.call("GET", `/drives/files/${String(file)}/versions`);
  await scenario.call("GET", `/drives/files?directory=${encodeURIComponent('"my.drive"."team a/b"')}&fields=columns`);
  await scenario.call("GET", `/drives/spreadsheets/${String(spreadsheet)}?fields=worksheets`);
  const edge = { fromEntity: { id: file, type: "file" }, toEntity: { id: worksheet, type: "worksheet" } };
  await scenario.call("PUT", "/lineage", { edge: { ...edge, lineageDetails: { source: "Manual" } } });
  await scenario.call("GET", `/lineage/file/name/${encodeURIComponent(fileFqn)}?upstreamDepth=1&downstreamDepth=1`);
  await groupLineage(scenario, String(serviceId), String(file));
  await scenario.call("DELETE", `/services/driveServices/${String(serviceId)}?recursive=true`);
  await scenario.call("PUT", "/services/driveServices/restore", { id: serviceId });
  await scenario.call("GET", `/drives/worksheets/${String(worksheet)}?fields=*`);
  await scenario.call("DELETE", `/drives/directories/${String(shared["id"])}?recursive=true&hardDelete=true`);
  return scenario.exchanges;
}
