/**
 * `npm run mutate`: puts deliberate faults into a copy of the sources, one at a time, and runs the
 * tests that should notice. Exits 1 if a fault survives, 2 if the tests fail without any fault.
 *
 * `npm run mutate -- --only dropout,threshold` tries the faults with one of these words in their
 * names. The working tree is only read, and needs no build.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { applyFault, faults } from "./mutate/faults.mjs";

const help = `npm run mutate -- [options]

Puts deliberate faults into a copy of the sources, one at a time, and runs the
tests that should notice each.

  --only WORDS       only the faults with one of these words in their names, by commas
  --tests FILES      run these test files for every fault, in place of its own, by commas
  --limit SECONDS    a run that takes longer counts as caught; defaults to 900
  --list             print the faults and end
  --json             print the results as JSON; progress goes to standard error
  --help             print this

Exit codes: 0 all caught, 1 one or more survived, 2 the tests fail without a fault`;

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    tests: { type: "string" },
    limit: { type: "string", default: "900" },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const limitMs = 1000 * Number(values.limit);
const words = values.only?.split(",");
const chosen = faults.filter(({ name }) => words === undefined || words.some((word) => name.includes(word)));
const say = (/** @type {string} */ line) => (values.json ? console.error(line) : console.log(line));

if (values.help) console.log(help);
else if (!(limitMs > 0)) fail(`--limit ${values.limit}: expected seconds, above 0`);
else if (chosen.length === 0) fail(`no fault has a name with ${values.only}; --list prints all names`);
else if (values.list) for (const { name, file, meaning } of chosen) console.log(`${name}\n  ${file}: ${meaning}`);
else await tryAll();

async function tryAll() {
  const folder = mkdtempSync(join(tmpdir(), "weft-mutate-"));
  try {
    copyTree(folder);
    await tryIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function tryIn(folder) {
  const testsOf = (/** @type {import("./mutate/faults.mjs").Fault} */ { tests }) => values.tests?.split(",") ?? tests;
  const sound = await runTests(folder, [...new Set(chosen.flatMap(testsOf))]);
  if (sound.failed !== undefined) return fail(`without a fault, this fails: ${sound.failed}`);
  const results = [];
  for (const [index, fault] of chosen.entries()) {
    const path = join(folder, fault.file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, applyFault(source, fault));
    const { failed, seconds } = await runTests(folder, testsOf(fault));
    writeFileSync(path, source);
    results.push({
      name: fault.name,
      meaning: fault.meaning,
      file: fault.file,
      caught: failed !== undefined,
      by: failed,
      seconds,
    });
    say(
      `${index + 1}/${chosen.length} ${failed === undefined ? "SURVIVED" : "caught"}  ${fault.name}  (${failed ?? fault.meaning})`,
    );
  }
  const survivors = results.filter(({ caught }) => !caught);
  if (values.json)
    console.log(JSON.stringify({ faults: results.length, caught: results.length - survivors.length, results }, null, 2));
  say(`${results.length - survivors.length} of ${results.length} faults caught`);
  for (const { name, meaning, file } of survivors) say(`survived: ${name} (${file}): ${meaning}`);
  if (survivors.length > 0) process.exitCode = 1;
}

/**
 * What git tracks or would track, and what is generated. Packages of this repository resolve to the
 * copy, others to the installed ones.
 *
 * @param {string} folder
 */
function copyTree(folder) {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const generated = spawnSync("git", ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", "*.generated.*"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const { status, stderr } of [listed, generated]) if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  for (const file of [...listed.stdout.split("\0"), ...generated.stdout.split("\0")]) {
    if (file === "" || file.split("/").includes("node_modules")) continue;
    cpSync(join(root, file), join(folder, file), { force: true, errorOnExist: false, verbatimSymlinks: true });
  }
  linkModules(join(root, "node_modules"), join(folder, "node_modules"));
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkModules(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name === "@weft-nlp") linkModules(source, target);
    // A link leads to a package of this repository, by a relative path.
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!entry.name.startsWith(".")) symlinkSync(source, target);
  }
}

/**
 * Runs test files until one test fails.
 *
 * @param {string} folder
 * @param {readonly string[]} tests
 * @returns {Promise<{ failed: string | undefined, seconds: number }>} the first test that failed
 */
async function runTests(folder, tests) {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const args = [vitest, "run", "--bail=1", "--reporter=json", `--outputFile=${report}`, ...tests];
  const began = performance.now();
  // A group of its own, so that workers in an endless loop end too.
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], detached: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, limitMs);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const seconds = Math.round((performance.now() - began) / 1000);
  if (late) return { failed: `no end within ${values.limit} s`, seconds };
  if (code === 0) return { failed: undefined, seconds };
  return { failed: firstFailure(folder, report) ?? `vitest ended with ${code}: ${errors.trim().split("\n")[0]}`, seconds };
}

/**
 * @param {string} folder
 * @param {string} report
 */
function firstFailure(folder, report) {
  /**
   * @type {{ testResults: { name: string, status: string, message: string,
   *   assertionResults: { status: string, fullName: string }[] }[] }}
   */
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  for (const { name, status, message, assertionResults } of testResults) {
    const test = assertionResults.find((each) => each.status === "failed")?.fullName;
    const where = name.slice(name.indexOf(folder) + folder.length + 1).replace(`${dirname(folder)}/`, "");
    if (test !== undefined) return `${where}: ${test}`;
    if (status === "failed" && message !== "") return `${where}: ${message.split("\n")[0]}`;
  }
  return undefined;
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 2;
}
