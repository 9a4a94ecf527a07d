/**
 * Everything a change must pass, cheapest steps first. A step that fails does not hide the ones
 * after it.
 *
 * `node scripts/check.mjs [step ...]` runs only the named steps. `npm test` runs all of them but
 * `site`, which builds the documentation site and looks at it in a browser.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const steps = {
  format: ["node_modules/.bin/biome", "ci"],
  prose: ["node", "scripts/check-prose.mjs"],
  build: ["npm", "run", "--silent", "build"],
  // Behind the build, which writes modules that the linter needs the types of.
  lint: ["node_modules/.bin/oxlint", "--type-aware", "--deny-warnings"],
  types: ["node", "node_modules/tsc7/bin/tsc", "-p", "tsconfig.test.json"],
  page: ["node", "node_modules/tsc7/bin/tsc", "-p", "apps/web/tsconfig.json"],
  "site-types": ["node", "node_modules/tsc7/bin/tsc", "-p", "apps/docs/tsconfig.json"],
  imports: ["node", "scripts/check-imports.mjs"],
  unused: ["node_modules/.bin/knip"],
  api: ["node", "scripts/check-api.mjs"],
  docs: ["node", "scripts/docs.mjs", "--check"],
  packages: ["node", "scripts/check-packages.mjs"],
  tests: ["node", "scripts/run-tests.mjs"],
  site: ["node", "scripts/site.mjs", "--check"],
};
/** Steps that run only by name: they take minutes, and a change of code rarely touches them. */
const onDemand = new Set(["site"]);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`unknown step ${unknown.join(", ")}; the steps are ${Object.keys(steps).join(", ")}`);
  process.exit(2);
}

/** @type {string[]} */
const failures = [];
for (const [name, [command = "", ...options]] of Object.entries(steps)) {
  if (asked.length > 0 ? !asked.includes(name) : onDemand.has(name)) continue;
  const started = performance.now();
  // The last line of the last step counts the tests and the failed steps before it.
  const env = name === "tests" ? { ...process.env, WEFT_FAILED_STEPS: failures.join(" ") } : process.env;
  const { status } = spawnSync(command, options, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
    shell: process.platform === "win32",
    env,
  });
  if (status !== 0) failures.push(name);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (name !== "tests") console.error(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
}
if (failures.length > 0 && asked.length > 0) console.error(`failed: ${failures.join(", ")}`);
process.exitCode = failures.length > 0 ? 1 : 0;
