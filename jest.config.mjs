/** One config for all packages. Sources run as they are (`@omd/source`), no build needed. `*.system.test.ts` needs servers: `npm run test:systems`. */
const systems = process.env.OMD_SYSTEMS === "1";

function compiled(jsc) {
  return { jsc: { target: "es2024", ...jsc }, module: { type: "es6" }, sourceMaps: "inline" };
}

export default {
  roots: ["<rootDir>/packages", "<rootDir>/plugins", "<rootDir>/examples", "<rootDir>/systems", "<rootDir>/bench"],
  testMatch: [systems ? "**/*.system.test.ts" : "**/*.test.{ts,tsx}"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/", ...(systems ? [] : ["\\.system\\.test\\.ts$"])],
  modulePathIgnorePatterns: ["<rootDir>/.*/dist/", "<rootDir>/systems/.home/"],
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", compiled({ parser: { syntax: "typescript" } })],
    "^.+\\.tsx$": [
      "@swc/jest",
      compiled({ parser: { syntax: "typescript", tsx: true }, transform: { react: { runtime: "automatic" } } }),
    ],
  },
  testEnvironmentOptions: { customExportConditions: ["@omd/source", "node", "node-addons"] },
  reporters: ["default", "<rootDir>/scripts/jest-count-reporter.cjs"],
  // No test waits for this one; a machine with other work to do takes its time.
  testTimeout: systems ? 300_000 : 120_000,
  maxWorkers: 2,
};
