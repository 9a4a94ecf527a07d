/**
 * Runs vitest, and ends its output with one line `N passed, N failed` read from vitest's own JSON
 * report. Steps of the check that failed before (WEFT_FAILED_STEPS) count as failures. Arguments go
 * to vitest.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const report = join(root, ".cache", `tests-${process.pid}.json`);
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);

const steps = (process.env["WEFT_FAILED_STEPS"] ?? "").split(" ").filter(Boolean);
if (steps.length > 0) console.log(`checks that failed: ${steps.join(", ")}`);
const { passed, failed } = count();
console.log(`${passed} passed, ${failed + steps.length} failed`);
process.exitCode = steps.length > 0 ? 1 : (status ?? 1);

/**
 * A file that fails before its first test reports no failed test, so it counts as one failure.
 */
function count() {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  /**
   * @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string,
   *   assertionResults: { status: string }[] }[] }}
   */
  const results = JSON.parse(readFileSync(report, "utf8"));
  rmSync(report);
  const broken = results.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return { passed: results.numPassedTests, failed: results.numFailedTests + broken.length };
}
