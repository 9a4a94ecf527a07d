/**
 * The fault test of `weft extract`: many lines, some of which cannot be read, under each
 * `--on-error`; then kill -9 at random moments with `--resume`. Compares every output with what the
 * lines by themselves should give.
 *
 * `node scripts/extract-faults.mjs --lines 1000000 --bad 1000 --kills 10`
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { check, randomNumbers } from "./fault-tools.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const weftPath = join(root, "packages/weft/bin/weft.js");
const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "1000000" },
    bad: { type: "string", default: "1000" },
    kills: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    model: { type: "string", default: join(root, "examples/model") },
  },
});
const [lines = 0, bad = 0, kills = 0, seed = 0] = [values.lines, values.bad, values.kills, values.seed].map(Number);
const random = randomNumbers(seed);
const folder = mkdtempSync(join(tmpdir(), "weft-faults-"));
const at = (/** @type {string} */ name) => join(folder, name);

try {
  const faults = await writeInput();
  await checkPolicies(faults);
  await checkKills();
  console.log("all outputs as expected");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns the numbers of the lines that cannot be read, from 1 */
async function writeInput() {
  /** @type {Set<number>} */
  const faults = new Set();
  while (faults.size < bad) faults.add(1 + Math.floor(random() * lines));
  const file = createWriteStream(at("in.txt"));
  for (let k = 1; k <= lines; k++) {
    const bytes = faults.has(k) ? Buffer.from([0x6e, 0x6f, 0xe9, 10]) : Buffer.from(`${textOf(k)}\n`);
    if (!file.write(bytes)) await once(file, "drain");
  }
  file.end();
  await finished(file);
  return faults;
}

/** @param {number} k */
function textOf(k) {
  if (k % 97 === 0) return "";
  return k % 10 === 0 ? `Mara Voss founded Kettle ${k} in Bremen.` : `Nothing ${k}.`;
}

/** @param {Set<number>} faults */
async function checkPolicies(faults) {
  const first = Math.min(...faults, lines + 1);
  const stop = await timed("--on-error stop", ["--out", at("stop.jsonl")]);
  if (bad > 0) {
    check(stop.code === 1, `exit code ${stop.code} at the first fault`);
    check(stop.err.includes(`in.txt:${first}: these bytes are not UTF-8 text`), stop.err);
    await checkRecords(at("stop.jsonl.part"), (k) => k < first);
  }
  const skip = await timed("--on-error skip", ["--out", at("skip.jsonl"), "--on-error", "skip"]);
  check(skip.code === (bad > 0 ? 3 : 0), `exit code ${skip.code} after skipping`);
  await checkRecords(at("skip.jsonl"), (k) => !faults.has(k));
  const quarantine = ["--out", at("rest.jsonl"), "--quarantine", at("bad.jsonl")];
  await timed("--quarantine", quarantine);
  check((await digest("rest.jsonl")) === (await digest("skip.jsonl")), "the quarantine changes the output");
  const named = readFileSync(at("bad.jsonl"), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).line);
  check(JSON.stringify(named) === JSON.stringify([...faults].sort((a, b) => a - b)), "the quarantine has other lines");
}

/**
 * @param {string} path
 * @param {(line: number) => boolean} isThere
 */
async function checkRecords(path, isThere) {
  let k = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    do k++;
    while (k <= lines && !isThere(k));
    const { id, text } = JSON.parse(line);
    check(id === `${at("in.txt")}:${k}` && text === textOf(k), `${path} has ${id} where line ${k} should be`);
  }
  do k++;
  while (k <= lines && !isThere(k));
  check(k > lines, `${path} ends before line ${k}`);
}

async function checkKills() {
  const whole = [await digest("rest.jsonl"), await digest("bad.jsonl")];
  const { ms } = await timed("undisturbed", ["--out", at("again.jsonl"), "--on-error", "skip"]);
  const args = ["--out", at("killed.jsonl"), "--quarantine", at("killed-bad.jsonl"), "--resume", "--checkpoint-seconds", "1"];
  for (let kill = 0; kill < kills; kill++) {
    // Later kills mostly hit later parts, since each call continues where the one before got to.
    const { code, err } = await extract(args, (ms / Math.max(1, kills)) * (0.5 + random()));
    console.log(`kill ${kill + 1}: ${code === null ? "killed" : `ended with ${code}`}; ${err.split("\n")[0]}`);
  }
  const last = await extract(args);
  check(last.code === (bad > 0 ? 3 : 0), `exit code ${last.code} after the kills: ${last.err}`);
  const killed = [await digest("killed.jsonl"), await digest("killed-bad.jsonl")];
  check(JSON.stringify(killed) === JSON.stringify(whole), "the bytes after kills differ");
  check(!existsSync(at("killed.jsonl.part")), "a part is left");
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 */
async function timed(name, args) {
  const began = performance.now();
  const ended = await extract(args);
  const ms = performance.now() - began;
  console.log(`${name}: ${(ms / 1000).toFixed(1)} s, exit code ${ended.code}; ${ended.err.trim().split("\n").at(-1)}`);
  return { ...ended, ms };
}

/**
 * @param {readonly string[]} args
 * @param {number} [killAfterMs]
 * @returns {Promise<{ code: number | null, err: string }>}
 */
async function extract(args, killAfterMs) {
  const command = [weftPath, "extract", values.model, at("in.txt"), "--deterministic", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return { code, err };
}

/** @param {string} name */
async function digest(name) {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(at(name))) hash.update(bytes);
  return hash.digest("hex");
}
