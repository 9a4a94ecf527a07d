/**
 * The fault test of `weft batch run`: kills workers and whole runs, freezes one until others have
 * done its work, plants a record that ends every worker, and fills the disk. In the end every
 * record must be there once, with the bytes of an undisturbed run and of a plain extract.
 *
 * `node scripts/batch-faults.mjs --driver local --shards 200 --kills 12`
 *
 * A driver is a way to start workers; `drivers` below says how.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { check, fatalPlugin, randomNumbers, seconds, signal, WeftIn } from "./fault-tools.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    driver: { type: "string", default: "local" },
    shards: { type: "string", default: "200" },
    lines: { type: "string", default: "100" },
    kills: { type: "string", default: "12" },
    workers: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    model: { type: "string", default: join(root, "examples/model") },
  },
});
const [shards = 0, lines = 0, kills = 0, seed = 0] = [values.shards, values.lines, values.kills, values.seed].map(Number);
const random = randomNumbers(seed);
const folder = mkdtempSync(join(tmpdir(), "weft-batch-faults-"));
const at = (/** @type {string} */ name) => join(folder, name);
const weft = new WeftIn(folder);

/**
 * The processes of a driver that do a batch together, by their arguments after `weft`.
 *
 * @type {Readonly<Record<string, (out: string) => readonly (readonly string[])[]>>}
 */
const drivers = {
  local: (out) => [["batch", "run", out, "--threads", "1", "--workers", values.workers]],
  shard: (out) => [0, 1, 2].map((k) => ["batch", "run", out, "--threads", "1", "--shard", `${k}/3`]),
};

const small = at("small");
let mounted = false;
try {
  const start = drivers[values.driver];
  if (start === undefined) throw new Error(`--driver ${values.driver}: expected ${Object.keys(drivers).join(" or ")}`);
  mkdirSync(small);
  const size = `${Math.round(shards * lines * 0.35)}k`;
  mounted = process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "weft", small]).status === 0;
  if (!mounted) console.log("without a full disk: this user may not mount a small one");
  const fatal = Math.floor((shards * lines) / 3);
  writeFileSync(
    at("in.txt"),
    Array.from({ length: shards * lines }, (_, k) => `${k === fatal ? "Ada FATAL Lind." : textOf(k)}\n`).join(""),
  );
  writeFileSync(at("safe.txt"), Array.from({ length: shards * lines }, (_, k) => (k === fatal ? "" : `${textOf(k)}\n`)).join(""));
  writeFileSync(at("plugin.mjs"), fatalPlugin);
  await weft.need(["extract", values.model, "safe.txt", "--threads", "1", "--out", "plain.jsonl"], [0]);
  await undisturbed(start);
  for (const round of [1, 2]) await disturbed(start, round, fatal);
  console.log("every record once, with the bytes of the undisturbed run and of the plain extract, twice");
} finally {
  if (mounted) spawnSync("umount", ["-l", small]);
  rmSync(folder, { recursive: true, force: true });
}

/** @param {number} k */
function textOf(k) {
  return `Mara Voss founded Kettle ${k} in Bremen.`;
}

/** @param {(out: string) => readonly (readonly string[])[]} start */
async function undisturbed(start) {
  await plan("calm");
  const began = performance.now();
  await Promise.all(start("calm").map(async (args) => weft.need(args, [0, 3])));
  console.log(`undisturbed: ${seconds(began)}; ${await collect("calm")}`);
  check(texts("calm.jsonl") === texts("plain.jsonl"), "the undisturbed run differs from the plain extract");
}

/**
 * @param {(out: string) => readonly (readonly string[])[]} start
 * @param {number} round
 * @param {number} fatal
 */
async function disturbed(start, round, fatal) {
  const out = mounted ? "small/batch" : `batch-${round}`;
  for (const name of [out, `${out}.jsonl`, `${out}.jsonl.model.json`, `${out}-bad.jsonl`]) {
    rmSync(at(name), { recursive: true, force: true });
  }
  await plan(out);
  const began = performance.now();
  if (mounted) await fillDisk(start, out);
  let killed = 0;
  let frozen = /** @type {ReturnType<typeof weft.begin> | undefined} */ (undefined);
  /** @type {number[]} */
  let asleep = [];
  while (killed < kills) {
    const processes = start(out).map((args) => weft.begin(args));
    const isFreezer = frozen === undefined && killed >= kills / 2;
    while (killed < kills && processes.some(({ child }) => child.exitCode === null && child.signalCode === null)) {
      await wait(100 + random() * 900);
      const holding = workers(out);
      const [first] = holding;
      if (first === undefined) continue;
      if (isFreezer && frozen === undefined) {
        frozen = processes[0];
        // The whole process sleeps, its workers with it; others do its shards meanwhile.
        asleep = [...holding, frozen?.child.pid ?? 0];
        for (const pid of asleep) signal(pid, "SIGSTOP");
        break;
      }
      // Every fourth kill ends a whole run, the others a worker.
      if (++killed % 4 === 0) {
        for (const { child } of processes) child.kill("SIGKILL");
      } else signal(first, "SIGKILL");
    }
    for (const each of processes) if (each !== frozen) await each.ended;
    if (await isDone(out)) break;
  }
  for (let tries = 0; tries < 5 && !(await isDone(out)); tries++)
    await Promise.all(start(out).map((args) => weft.begin(args).ended));
  for (const pid of asleep) signal(pid, "SIGCONT");
  await frozen?.ended;
  const status = await statusOf(out);
  const said = await collect(out);
  const bad = readFileSync(at(`${out}-bad.jsonl`), "utf8")
    .split("\n")
    .slice(0, -1);
  check(bad.length === 1 && JSON.parse(bad[0] ?? "").line === fatal + 1, `the quarantine has ${bad.length} records`);
  check(weft.digest(`${out}.jsonl`) === weft.digest("calm.jsonl"), "the bytes differ from the undisturbed run");
  const { out: verified } = await weft.need(["batch", "verify", out], [0]);
  console.log(
    `round ${round}: ${killed} kills, ${asleep.length > 0 ? "one frozen" : "none frozen"}, ${status.retries} retries, ` +
      `${status.shards.split} halved, ${seconds(began)}; ${said}; ${verified.trim()}`,
  );
}

/**
 * Lets the batch run until the disk is full, and then makes room.
 *
 * @param {(out: string) => readonly (readonly string[])[]} start
 * @param {string} out
 */
async function fillDisk(start, out) {
  const size = `${Math.round(shards * lines * 0.35)}k`;
  check(spawnSync("mount", ["-o", `remount,size=${size}`, small]).status === 0, "the small disk cannot shrink");
  const ended = await Promise.all(start(out).map((args) => weft.begin(args).ended));
  check(
    ended.some(({ err }) => err.includes("DISK_FULL")),
    `the disk did not fill: ${ended.map(({ err }) => err).join("\n")}`,
  );
  const { shards: found } = await statusOf(out);
  console.log(`full disk after ${found.done} of ${found.all} shards`);
  check(spawnSync("mount", ["-o", "remount,size=1g", small]).status === 0, "the small disk cannot grow");
}

/** @param {string} out */
async function plan(out) {
  const args = ["batch", "plan", "in.txt", "--model", values.model, "--out", out, "--records", String(lines)];
  await weft.need([...args, "--plugin", pathToFileURL(at("plugin.mjs")).pathname], [0]);
}

/** @param {string} out */
async function collect(out) {
  const { err } = await weft.need(["batch", "collect", out, "--out", `${out}.jsonl`, "--quarantine", `${out}-bad.jsonl`], [0]);
  return err.trim();
}

/**
 * @param {string} out
 * @returns {Promise<{ shards: { all: number, done: number, split: number }, retries: number }>}
 */
async function statusOf(out) {
  return JSON.parse((await weft.need(["batch", "status", out, "--json"], [0])).out);
}

/** @param {string} out */
async function isDone(out) {
  const { shards: found } = await statusOf(out);
  return found.done === found.all;
}

/**
 * The ids of the worker processes that hold a shard.
 *
 * @param {string} out
 * @returns {number[]}
 */
function workers(out) {
  const attempts = at(join(out, "attempts"));
  if (!existsSync(attempts)) return [];
  return readdirSync(attempts).flatMap((name) => {
    try {
      const { pid } = JSON.parse(readFileSync(join(attempts, name), "utf8"));
      process.kill(pid, 0);
      return [pid];
    } catch {
      return [];
    }
  });
}

/** What is left of documents when their ids, which name the file, are gone. @param {string} name */
function texts(name) {
  const hash = createHash("sha256");
  for (const line of readFileSync(at(name), "utf8").split("\n")) if (line !== "") hash.update(line.slice(line.indexOf('"text"')));
  return hash.digest("hex");
}
