import { parseFqn, type CreateTestCaseResult, type DataModel } from "@omd/schema";
import { ok, type FaceAnswer } from "./answer.ts";
import type { FaceCall, FaceState } from "./calls.ts";

/** `PUT /tables/{id}/dataModel`. */
export async function dataModelRoute({ store }: FaceState, { segments, body }: FaceCall): Promise<FaceAnswer> {
  await store.putDataModel(segments[1] ?? "", body as DataModel);
  return ok();
}

/** Results of a test case: one is added, or those of a time are read. */
export async function resultRoutes({ store }: FaceState, call: FaceCall): Promise<FaceAnswer | undefined> {
  const testCase = parseFqn(call.segments[3] ?? "");
  if (call.method === "POST") {
    await store.putTestResults(testCase, [call.body as CreateTestCaseResult]);
    return { status: 201 };
  }
  if (call.method !== "GET") return undefined;
  const range = { startTs: Number(call.query.get("startTs")), endTs: Number(call.query.get("endTs")) };
  const data = await store.testResults(testCase, range);
  return ok({ data, paging: { total: data.length } });
}
