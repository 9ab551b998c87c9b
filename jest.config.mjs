/** One config for all packages. Sources run as they are (`@omd/source`), no build needed. `*.system.test.ts` needs servers: `npm run test:systems`. */
const systems = process.env.OMD_SYSTEMS === "1";
export default {
  roots: ["<rootDir>/packages", "<rootDir>/plugins", "<rootDir>/examples", "<rootDir>/systems", "<rootDir>/bench"],
  testMatch: [systems ? "**/*.system.test.ts" : "**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/", ...(systems ? [] : ["\\.system\\.test\\.ts$"])],
  modulePathIgnorePatterns: ["<rootDir>/.*/dist/", "<rootDir>/systems/.home/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
  testEnvironmentOptions: { customExportConditions: ["@omd/source", "node", "node-addons"] },
  reporters: ["default", "<rootDir>/scripts/jest-count-reporter.cjs"],
  testTimeout: systems ? 300_000 : 20_000,
  maxWorkers: 2,
};
