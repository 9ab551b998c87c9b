import { describe, expect, test } from "@jest/globals";
import { entityLink, parseEntityLink } from "./entity-link.ts";
import { InvalidNameError } from "./fqn.ts";

describe("entity links", () => {
  test.each<[Parameters<typeof entityLink>, string]>([
    [["table", "svc.db.s.t"], "<#E::table::svc.db.s.t>"],
    [["table", "svc.db.s.t", "description"], "<#E::table::svc.db.s.t::description>"],
    [["table", "svc.db.s.t", "columns", "a.b"], "<#E::table::svc.db.s.t::columns::a.b>"],
    [["container", 's3."b:k.x"'], '<#E::container::s3."b:k.x">'],
    [["pipeline", "svc.é p"], "<#E::pipeline::svc.é p>"],
  ])("%j", (parts, text) => {
    expect(entityLink(...parts)).toBe(text);
    const [entityType, fqn, field, name] = parts;
    expect(parseEntityLink(text)).toEqual({ entityType, fqn, field, name });
  });

  test.each<[Parameters<typeof entityLink>]>([
    [["table", "a::b"]],
    [["table", "a>b"]],
    [["table", "a|b"]],
    [["table", ""]],
    [["table", "t", "columns", ""]],
    [["not a type", "t"]],
    [["table", "t", undefined, "a"]],
  ])("cannot be made of %j", (parts) => {
    expect(() => entityLink(...parts)).toThrow(InvalidNameError);
  });

  test.each([
    "",
    "svc.db",
    "<#E::table>",
    "<#E::table::>",
    "<#E::table::a::b::c::d>",
    "<#E::table::a",
    "x<#E::table::a>",
  ])("%j is none", (text) => {
    expect(parseEntityLink(text)).toBeUndefined();
  });
});
