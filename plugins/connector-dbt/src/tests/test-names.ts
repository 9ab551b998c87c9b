import { encodeName, md5 } from "@omd/schema";

/** OpenMetadata refuses longer names of test definitions and test cases. */
const maxLength = 256;

/** The name of a test in the catalog: that of dbt; one that is too long is cut, with a hash of the whole at its end. */
export function testName(name: string): string {
  const encoded = encodeName(name);
  return encoded.length <= maxLength ? encoded : `${encoded.slice(0, maxLength - 33)}_${md5(name)}`;
}

/** For a second test of the same name at the same table or column: with what dbt tells them apart by, else with a hash. */
export function apart(name: string, uniqueId: string): string {
  const last = uniqueId.split(".").at(-1) ?? "";
  return testName(`${name}_${/^[0-9a-f]{10}$/u.test(last) ? last : md5(uniqueId).slice(0, 10)}`);
}
