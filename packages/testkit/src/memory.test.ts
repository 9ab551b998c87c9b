import { describe, expect, test } from "@jest/globals";
import { checkMemoryCeiling, measureChild } from "./memory.ts";

const mebibyte = 1024 * 1024;
const growing = "const kept = Buffer.alloc(Number(process.argv[1]) * 1048576, 1); setTimeout(() => kept.at(0), 150)";

function run(script: string) {
  return (size: number) => measureChild(process.execPath, ["-e", script, String(size)]);
}

describe("measureChild", () => {
  test("tells peak, exit code and output", async () => {
    const figures = await measureChild(process.execPath, [
      "-e",
      "console.log('out'); console.error('err'); setTimeout(() => process.exit(3), 100)",
    ]);
    expect(figures).toMatchObject({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
    expect(figures.peakBytes).toBeGreaterThan(10 * mebibyte);
  });
  test("a command that hangs is killed and has no exit code", async () => {
    const figures = await measureChild(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { timeoutMs: 200 });
    expect(figures.exitCode).toBeUndefined();
  });
  test("a command that is not there is an error", async () => {
    await expect(measureChild("/no/such/command", [])).rejects.toThrow("ENOENT");
  });
});

describe("checkMemoryCeiling", () => {
  test("refuses a run whose memory grows with its input", async () => {
    const options = { run: run(growing), small: 1, large: 100, allowedGrowthBytes: 50 * mebibyte };
    await expect(checkMemoryCeiling(options)).rejects.toThrow("memory grew by");
  });
  test("lets pass one whose memory does not", async () => {
    const options = { run: run("setTimeout(() => {}, 150)"), small: 1, large: 100, allowedGrowthBytes: 50 * mebibyte };
    const { smallPeak, largePeak } = await checkMemoryCeiling(options);
    expect(Math.min(smallPeak, largePeak)).toBeGreaterThan(10 * mebibyte);
  });
  test("refuses sizes too near, and a peak that is not known", async () => {
    const peak = (peakBytes: number) => () => Promise.resolve({ peakBytes });
    await expect(checkMemoryCeiling({ run: peak(1), small: 1, large: 3, allowedGrowthBytes: 0 })).rejects.toThrow(
      "four times",
    );
    await expect(checkMemoryCeiling({ run: peak(0), small: 1, large: 9, allowedGrowthBytes: 0 })).rejects.toThrow(
      "not be measured",
    );
  });
});
