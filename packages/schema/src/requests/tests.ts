import { z } from "zod";
import {
  anyObject,
  entityName,
  entityReference,
  fqnText,
  provider,
  tagLabel,
  testCaseName,
  timestamp,
} from "../references.ts";
import { withoutNulls } from "./nulls.ts";
import { dataTypes } from "./table.ts";

const shown = { displayName: z.string().optional(), description: z.string().optional() };
const references = z.array(entityReference);

/** OpenMetadata: api/tests/createTestDefinition.json. */
export const createTestDefinition = z.strictObject({
  name: entityName,
  ...shown,
  owners: references.optional(),
  domains: z.array(fqnText).optional(),
  entityType: z.enum(["TABLE", "COLUMN"]),
  testPlatforms: z.array(z.enum(["OpenMetadata", "GreatExpectations", "dbt", "Deequ", "Soda", "Other"])),
  supportedDataTypes: z
    .array(z.string().refine((type) => dataTypes.includes(type), { error: "is not a data type of OpenMetadata" }))
    .optional(),
  provider: provider.optional(),
  parameterDefinition: z.array(anyObject).optional(),
  dataQualityDimension: z
    .enum(["Completeness", "Accuracy", "Consistency", "Validity", "Uniqueness", "Integrity", "SQL", "NoDimension"])
    .optional(),
  supportedServices: z.array(z.string()).optional(),
  sqlExpression: z.string().optional(),
  validatorClass: z.string().optional(),
});

/** OpenMetadata: api/tests/createTestSuite.json. The name of a table's own suite is as long as the table's FQN. */
export const createTestSuite = z.strictObject({
  name: fqnText,
  ...shown,
  owners: references.optional(),
  domains: z.array(fqnText).optional(),
  tags: z.array(tagLabel).optional(),
  basicEntityReference: fqnText.optional(),
  executableEntityReference: fqnText.optional(),
  dataContract: entityReference.optional(),
  reviewers: references.optional(),
});

/** OpenMetadata: api/tests/createTestCase.json. */
export const createTestCase = z.strictObject({
  name: testCaseName,
  ...shown,
  owners: references.optional(),
  tags: z.array(tagLabel).optional(),
  testDefinition: fqnText,
  entityLink: z.string(),
  parameterValues: z.array(z.strictObject({ name: z.string().optional(), value: z.string().optional() })).optional(),
  reviewers: references.optional(),
  computePassedFailedRowCount: z.boolean().optional(),
  useDynamicAssertion: z.boolean().optional(),
  dimensionColumns: z.array(z.string()).optional(),
});

/** OpenMetadata has no request for it: it comes with the server. */
export const createTestConnectionDefinition = z.strictObject({
  name: entityName,
  ...shown,
  steps: z.array(
    z.strictObject({
      name: z.string().min(1),
      description: z.string(),
      mandatory: z.boolean(),
      errorMessage: z.string().optional(),
      shortCircuit: z.boolean().optional(),
    }),
  ),
});

/** What came of testing the connection of a service. OpenMetadata: entity/services/connections/testConnectionResult.json. */
export const testConnectionResult = z.preprocess(
  withoutNulls,
  z.strictObject({
    status: z.enum(["Successful", "Failed", "Running"]).optional(),
    lastUpdatedAt: timestamp.optional(),
    steps: z.array(
      z.strictObject({
        name: z.string(),
        mandatory: z.boolean(),
        passed: z.boolean(),
        message: z.string().optional(),
        errorLog: z.string().optional(),
      }),
    ),
  }),
);
