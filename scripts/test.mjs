/**
 * `npm test`: everything that `npm run check` checks, including the tests.
 *
 * With arguments it builds and runs only those tests: `npm test -- packages/core/src/metrics`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const paths = process.argv.slice(2);
/** @param {string[]} command */
const run = (...command) =>
  spawnSync(process.execPath, command, { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: "inherit" }).status ?? 1;

process.exitCode =
  paths.length === 0 ? run("scripts/check.mjs") : run("scripts/check.mjs", "build") || run("scripts/run-tests.mjs", ...paths);
