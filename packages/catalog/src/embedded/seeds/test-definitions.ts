import { dataTypes, type CreateRequest } from "@omd/schema";

type Definition = CreateRequest<"testDefinition">;
type Dimension = NonNullable<Definition["dataQualityDimension"]>;
type Parameter = Readonly<Record<string, unknown>>;

const numbers =
  "NUMBER TINYINT SMALLINT INT BIGINT BYTEINT LONG UINT LARGEINT FLOAT DOUBLE DECIMAL NUMERIC MONEY".split(" ");
const times = ["TIMESTAMP", "TIMESTAMPZ", "DATETIME", "DATE", "TIME"];
const texts = "STRING MEDIUMTEXT TEXT NTEXT CLOB CHAR VARCHAR BYTES BINARY VARBINARY ENUM UUID".split(" ");

const parameter = (name: string, dataType: string, description: string, more: Parameter = {}): Parameter => ({
  name,
  displayName: name,
  dataType,
  description,
  required: true,
  ...more,
});
const optional = { required: false };
const bound = (name: string, dataType: string, side: "Least" | "Greatest", rule: object): Parameter =>
  parameter(name, dataType, `${side} value that is allowed; no bound when it is left out.`, {
    ...optional,
    validationRule: rule,
  });

/** Bounds of which each names the other: the lower may not pass the upper. */
const between = (low: string, high: string, dataType = "INT"): Parameter[] => [
  bound(low, dataType, "Least", { parameterField: high, rule: "LESS_THAN_OR_EQUALS" }),
  bound(high, dataType, "Greatest", { parameterField: low, rule: "GREATER_THAN_OR_EQUALS" }),
];
const inColumn = (what: string): Parameter[] => between(`minValueFor${what}InCol`, `maxValueFor${what}InCol`, "FLOAT");

const table = (
  name: string,
  dataQualityDimension: Dimension,
  description: string,
  parameterDefinition: Parameter[],
): Definition => definition({ name, entityType: "TABLE", dataQualityDimension, description, parameterDefinition });

const column = (
  name: string,
  dataQualityDimension: Dimension,
  description: string,
  parameterDefinition: Parameter[],
  supportedDataTypes: readonly string[] = dataTypes,
): Definition =>
  definition({
    name,
    entityType: "COLUMN",
    dataQualityDimension,
    description,
    parameterDefinition,
    supportedDataTypes: [...supportedDataTypes],
  });

function definition(given: Omit<Definition, "testPlatforms">): Definition {
  const validatorClass = `${given.name.charAt(0).toUpperCase()}${given.name.slice(1)}Validator`;
  return { ...given, testPlatforms: ["OpenMetadata"], provider: "system", validatorClass };
}

/** The tests that the Python client can run: its validators are found by these names. Source: om-api §3.7. */
export const testDefinitions: readonly Definition[] = [
  table("tableColumnCountToBeBetween", "Integrity", "The number of columns lies between two bounds.", [
    ...between("minColValue", "maxColValue"),
  ]),
  table("tableColumnCountToEqual", "Integrity", "The table has so many columns.", [
    parameter("columnCount", "INT", "Number of columns that the table must have."),
  ]),
  table("tableRowCountToBeBetween", "Integrity", "The number of rows lies between two bounds.", [
    ...between("minValue", "maxValue"),
  ]),
  table("tableRowCountToEqual", "Integrity", "The table has so many rows.", [
    parameter("value", "INT", "Number of rows that the table must have."),
  ]),
  table(
    "tableRowInsertedCountToBeBetween",
    "Integrity",
    "The rows added in the last span of time lie between bounds.",
    [
      ...between("min", "max"),
      parameter("columnName", "STRING", "Column that tells when a row was added."),
      parameter("rangeType", "STRING", "Unit of the span: HOUR, DAY, MONTH or YEAR."),
      parameter("rangeInterval", "INT", "Number of units in the span."),
    ],
  ),
  table("tableColumnToMatchSet", "Integrity", "The table has exactly these columns.", [
    parameter("columnNames", "STRING", "Names of the columns, separated by commas."),
    parameter("ordered", "BOOLEAN", "Whether their order counts too.", optional),
  ]),
  table("tableColumnNameToExist", "Integrity", "The table has a column of this name.", [
    parameter("columnName", "STRING", "Name of the column."),
  ]),
  table("tableCustomSQLQuery", "SQL", "A query of one's own finds as many rows as it should.", [
    parameter("sqlExpression", "STRING", "Query that is run."),
    parameter("strategy", "ARRAY", "Whether rows are counted or the query counts itself.", {
      ...optional,
      optionValues: ["ROWS", "COUNT"],
    }),
    parameter("operator", "STRING", "How the number is held against the threshold.", {
      ...optional,
      optionValues: ["==", ">", ">=", "<", "<=", "!="],
    }),
    parameter("threshold", "NUMBER", "Number that the result is held against; 0 when it is left out.", optional),
    parameter("partitionExpression", "STRING", "Condition for the rows that are counted as the whole.", optional),
  ]),
  table("tableDiff", "Consistency", "The rows of two tables are the same.", [
    parameter("table2", "STRING", "Fully qualified name of the other table."),
    parameter("keyColumns", "ARRAY", "Columns that tell which rows belong together.", optional),
    parameter("table2.keyColumns", "ARRAY", "The same columns of the other table when they are named differently.", {
      ...optional,
    }),
    parameter("useColumns", "ARRAY", "Columns that are compared; all when it is left out.", optional),
    parameter("threshold", "NUMBER", "Number of rows that may differ.", optional),
    parameter("where", "STRING", "Condition for the rows that are compared.", optional),
    parameter("caseSensitiveColumns", "BOOLEAN", "Whether column names must agree in their case.", optional),
  ]),
  column("columnValuesToBeInSet", "Validity", "Every value is one of a list.", [
    parameter("allowedValues", "ARRAY", "Values that are allowed."),
    parameter("matchEnum", "BOOLEAN", "Whether each row is judged by itself.", optional),
  ]),
  column("columnValuesToBeNotInSet", "Validity", "No value is one of a list.", [
    parameter("forbiddenValues", "ARRAY", "Values that must not come."),
  ]),
  column("columnValuesToBeNotNull", "Completeness", "Every row has a value.", []),
  column("columnValuesToBeUnique", "Uniqueness", "No value comes twice.", []),
  column(
    "columnValuesToMatchRegex",
    "Validity",
    "Every value matches a regular expression.",
    [parameter("regex", "STRING", "Expression that values must match.")],
    texts,
  ),
  column(
    "columnValuesToNotMatchRegex",
    "Validity",
    "No value matches a regular expression.",
    [parameter("forbiddenRegex", "STRING", "Expression that values must not match.")],
    texts,
  ),
  column(
    "columnValuesToBeBetween",
    "Accuracy",
    "Every value lies between two bounds.",
    between("minValue", "maxValue", "FLOAT"),
    [...numbers, ...times],
  ),
  column("columnValueMaxToBeBetween", "Accuracy", "The greatest value lies between two bounds.", inColumn("Max"), [
    ...numbers,
    ...times,
  ]),
  column("columnValueMinToBeBetween", "Accuracy", "The least value lies between two bounds.", inColumn("Min"), [
    ...numbers,
    ...times,
  ]),
  column("columnValueMeanToBeBetween", "Accuracy", "The mean lies between two bounds.", inColumn("Mean"), numbers),
  column(
    "columnValueMedianToBeBetween",
    "Accuracy",
    "The median lies between two bounds.",
    inColumn("Median"),
    numbers,
  ),
  column(
    "columnValueStdDevToBeBetween",
    "Accuracy",
    "The standard deviation lies between two bounds.",
    inColumn("StdDev"),
    numbers,
  ),
  column(
    "columnValuesSumToBeBetween",
    "Accuracy",
    "The sum of all values lies between two bounds.",
    between("minValueForColSum", "maxValueForColSum", "FLOAT"),
    numbers,
  ),
  column("columnValuesMissingCount", "Completeness", "So many values are missing.", [
    parameter("missingCountValue", "INT", "Number of missing values that is expected."),
    parameter("missingValueMatch", "STRING", "Further values that count as missing, separated by commas.", optional),
  ]),
  column(
    "columnValueLengthsToBeBetween",
    "Accuracy",
    "The length of every value lies between two bounds.",
    between("minLength", "maxLength"),
    [...texts, "ARRAY"],
  ),
  column("columnValuesToBeAtExpectedLocation", "Accuracy", "Coordinates lie near the place that the column names.", [
    parameter("locationReferenceType", "ARRAY", "What the column names.", { optionValues: ["CITY", "POSTAL_CODE"] }),
    parameter("longitudeColumnName", "STRING", "Column of the longitude."),
    parameter("latitudeColumnName", "STRING", "Column of the latitude."),
    parameter("radius", "FLOAT", "Distance in metres that is still near."),
  ]),
];
