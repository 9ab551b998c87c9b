"use strict";
/** Ends the output with the plain line `N passed, N failed`, and appends it to the file named by OMD_TEST_COUNTS. */
module.exports = class {
  onRunComplete(_contexts, results) {
    const crashed = results.testResults.filter((suite) => suite.testExecError).length;
    const line = `${results.numPassedTests} passed, ${results.numFailedTests + crashed} failed`;
    if (process.env.OMD_TEST_COUNTS) require("node:fs").appendFileSync(process.env.OMD_TEST_COUNTS, `${line}\n`);
    process.stdout.write(`${line}\n`);
  }
};
