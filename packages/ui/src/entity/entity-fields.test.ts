import { expect, test } from "@jest/globals";
import { linkedEntity } from "./entity-fields.ts";

test.each([
  ["<#E::table::svc.db.s.t>", { type: "table", fqn: "svc.db.s.t", column: undefined }],
  ["<#E::table::svc.db.s.t::columns::a.b>", { type: "table", fqn: "svc.db.s.t", column: "a.b" }],
  ["<#E::user::ann>", { type: "user", fqn: "ann", column: undefined }],
  ["see <#E::table::x>", undefined],
  ["<#E::table>", undefined],
])("what %s names", (value, named) => {
  expect(linkedEntity(value)).toEqual(named);
});
