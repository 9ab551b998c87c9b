import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, text } from "../query.ts";
import { findByName } from "./entities.ts";
import { cursorAfter, listed, placeOf, rangeOf } from "./points.ts";

interface OfCase {
  Params: { fqn: string };
}
interface ById {
  Params: { id: string };
}

const cases = "/api/v1/dataQuality/testCases";

/** What runs of test cases leave behind. Source: om-api §3.7. */
export function testResultRoutes(app: FastifyInstance, parts: ServerParts): void {
  resultRoutes(app, parts);
  incidentRoutes(app, parts);
  findingRoutes(app, parts);
  const { writer } = parts;
  app.put(`${cases}/logicalTestCases`, ({ body }) => writer.writeExtra("testResults.addToSuite", body));
  app.delete<{ Params: { suiteId: string; id: string } }>(`${cases}/logicalTestCases/:suiteId/:id`, ({ params }) =>
    writer.writeExtra("testResults.removeFromSuite", params.suiteId, params.id),
  );
}

function resultRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, writer } = parts;
  const idOf = async (fqn: string): Promise<string> => (await findByName(parts, "testCase", fqn)).id;
  app.post<OfCase>(`${cases}/testCaseResults/:fqn`, async ({ params, body }, reply) =>
    reply.code(201).send(await writer.writeExtra("testResults.put", await idOf(params.fqn), body)),
  );
  app.put<OfCase>(`${cases}/:fqn/testCaseResult`, async ({ params, body }) =>
    writer.writeExtra("testResults.put", await idOf(params.fqn), body, true),
  );
  for (const path of [`${cases}/testCaseResults/:fqn`, `${cases}/:fqn/testCaseResult`]) {
    app.get<OfCase>(path, async (request) => {
      const range = rangeOf(queryOf(request));
      return listed(catalog.extras.testResults.list(await idOf(request.params.fqn), range));
    });
    app.delete<{ Params: { fqn: string; timestamp: string } }>(`${path}/:timestamp`, async ({ params }) => {
      const timestamp = Number(params.timestamp);
      if (!Number.isSafeInteger(timestamp)) throw new Refusal(400, "The timestamp of a result is a number of ms");
      return writer.writeExtra("testResults.delete", await idOf(params.fqn), timestamp);
    });
  }
}

function incidentRoutes(app: FastifyInstance, { catalog, writer }: ServerParts): void {
  const path = `${cases}/testCaseIncidentStatus`;
  app.post(path, async ({ body }, reply) => reply.code(201).send(await writer.writeExtra("incidents.put", body)));
  app.get(path, (request) => {
    const query = queryOf(request);
    const place = placeOf(query);
    const testCaseFqn = text(query, "testCaseFQN");
    const { data, total } = catalog.extras.incidents.list({ ...rangeOf(query), ...place, testCaseFqn });
    const after = cursorAfter(place, total);
    return { data, paging: { total, ...(after === undefined ? {} : { after }) } };
  });
  app.get<ById>(`${path}/stateId/:id`, ({ params }) => listed(catalog.extras.incidents.ofState(params.id)));
}

function findingRoutes(app: FastifyInstance, { catalog, writer }: ServerParts): void {
  const rows = `${cases}/:id/failedRowsSample`;
  app.put<ById>(rows, (request) => {
    const validate = text(queryOf(request), "validate") !== "false";
    return writer.writeExtra("testResults.putFailedRows", request.params.id, request.body, validate);
  });
  app.get<ById>(rows, ({ params }) => catalog.extras.testResults.failedRows(params.id));
  app.delete<ById>(rows, ({ params }) => writer.writeExtra("testResults.deleteFailedRows", params.id));
  app.register(async (scope) => {
    // Clients send bare SQL and call it JSON.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, sqlOf(String(body))));
    scope.put<ById>(`${cases}/:id/inspectionQuery`, ({ params, body }) =>
      writer.writeExtra("testResults.putInspectionQuery", params.id, body ?? ""),
    );
  });
}

/** A JSON string is read as one; everything else is the SQL itself. */
function sqlOf(body: string): string {
  if (!body.startsWith('"')) return body;
  try {
    return String(JSON.parse(body));
  } catch {
    return body;
  }
}
