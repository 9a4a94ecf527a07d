/**
 * The fault test of `weft batch run --queue`: kills workers, freezes one for longer than its lease,
 * kills the store when half of the shards are done, and plants a record that ends every worker. In
 * the end every record must be there once, with the bytes of an undisturbed run without a queue.
 *
 * `node scripts/queue-faults.mjs --store redis --shards 200 --kills 12 --rounds 2`
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { check, fatalPlugin, seconds, signal, WeftIn } from "./fault-tools.mjs";
import { startStore, storeKinds } from "./store-services.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    store: { type: "string", default: "redis" },
    shards: { type: "string", default: "200" },
    lines: { type: "string", default: "100" },
    kills: { type: "string", default: "12" },
    workers: { type: "string", default: "2" },
    rounds: { type: "string", default: "2" },
    lease: { type: "string", default: "5" },
    model: { type: "string", default: join(root, "examples/model") },
  },
});
const [shards = 0, lines = 0, kills = 0] = [values.shards, values.lines, values.kills].map(Number);
const [workers = 0, rounds = 0, lease = 0] = [values.workers, values.rounds, values.lease].map(Number);
const kind = storeKinds.find((name) => name === values.store);
const folder = mkdtempSync(join(tmpdir(), "weft-queue-faults-"));
const at = (/** @type {string} */ name) => join(folder, name);
const weft = new WeftIn(folder);
const fatal = Math.floor((shards * lines) / 3);

try {
  if (kind === undefined) throw new Error(`--store ${values.store}: expected ${storeKinds.join(" or ")}`);
  const texts = Array.from(
    { length: shards * lines },
    (_, k) => `${k === fatal ? "FATAL " : ""}Mara Voss founded Kettle ${k} in Bremen.\n`,
  );
  writeFileSync(at("in.txt"), texts.join(""));
  writeFileSync(at("plugin.mjs"), fatalPlugin);
  const planning = ["in.txt", "--model", values.model, "--records", String(lines), "--plugin", at("plugin.mjs"), "--out", "plan"];
  await weft.need(["batch", "plan", ...planning], [0]);
  cpSync(at("plan"), at("calm"), { recursive: true });
  const began = performance.now();
  await weft.need(["batch", "run", "calm", "--threads", "1", "--workers", String(workers)], [3]);
  await collect("calm");
  console.log(`undisturbed, without a queue: ${seconds(began)}`);
  for (let round = 1; round <= rounds; round++) await disturbed(kind, `round-${round}`);
  console.log(`${kind}: every record once, with the bytes of the undisturbed run; ${rounds} rounds`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {import("./store-services.mjs").StoreKind} store
 * @param {string} out
 */
async function disturbed(store, out) {
  cpSync(at("plan"), at(out), { recursive: true });
  const queue = await startStore(store);
  const began = performance.now();
  const start = () => weft.begin(["batch", "run", out, "--queue", queue.url, "--lease", String(lease), "--threads", "1"]);
  try {
    let running = Array.from({ length: workers }, start);
    /** @type {ReturnType<typeof weft.begin> | undefined} */
    let frozen;
    let killed = 0;
    let storeKilled = false;
    /** @type {Promise<void> | undefined} */
    let waking;
    while (done(out) < shards || running.some(isAlive)) {
      await wait(100);
      const share = done(out) / shards;
      if (frozen === undefined && share >= 0.25) {
        frozen = running.find(isAlive);
        const asleep = frozen === undefined ? [] : family(frozen.child.pid ?? 0);
        for (const pid of asleep) signal(pid, "SIGSTOP");
        running = running.map((each) => (each === frozen ? start() : each));
        waking = wake(asleep);
      }
      if (!storeKilled && share >= 0.5) {
        storeKilled = true;
        await queue.kill();
        await wait(1000);
        await queue.start();
      }
      if (killed < kills && share >= (killed + 1) / (kills + 1)) {
        const victims = running.filter(isAlive);
        victims[killed++ % Math.max(1, victims.length)]?.child.kill("SIGKILL");
      }
      // As a supervisor would: one that was killed is replaced, one that ends by itself is not.
      running = running.map((each) => (each.child.signalCode === "SIGKILL" ? start() : each));
      for (const { child, said } of running) {
        if (child.exitCode !== null && child.exitCode !== 0 && child.exitCode !== 3)
          throw new Error(`a worker failed: ${said()}`);
      }
      if (performance.now() - began > 1000 * 60 * 20) throw new Error("the batch does not end");
    }
    await waking;
    const woken = await frozen?.ended;
    check(woken === undefined || woken.code === 0 || woken.code === 3, `the frozen worker failed: ${woken?.err}`);
    const halved = count(at(join(out, "manifest"))) - shards;
    await collect(out);
    const bad = readFileSync(at(`${out}-bad.jsonl`), "utf8")
      .split("\n")
      .slice(0, -1);
    check(bad.length === 1 && JSON.parse(bad[0] ?? "").line === fatal + 1, `the quarantine has ${bad.length} records`);
    check(weft.digest(`${out}.jsonl`) === weft.digest("calm.jsonl"), "the bytes differ from the undisturbed run");
    check(weft.digest(`${out}-bad.jsonl`) === weft.digest("calm-bad.jsonl"), "the quarantine differs from the undisturbed run");
    const { out: verified } = await weft.need(["batch", "verify", out], [0]);
    const frozenSays =
      frozen === undefined ? "none frozen" : `one frozen for ${lease * 2.5} s, which then ended with ${frozen.child.exitCode}`;
    const what = [`${killed} workers killed`, frozenSays, storeKilled ? "the store killed once" : "the store not killed"];
    console.log(
      `${out} on ${store}: ${what.join(", ")}; ${halved} more shards by halving; ${seconds(began)}; ${verified.trim()}`,
    );
  } finally {
    await queue.stop();
  }
}

/** @param {readonly number[]} asleep */
async function wake(asleep) {
  await wait(lease * 2500);
  for (const pid of asleep) signal(pid, "SIGCONT");
}

/** Shards of the plan that are done; a halved one counts when it is halved. @param {string} out */
function done(out) {
  return Math.min(shards, count(at(join(out, "manifest"))));
}

/** @param {string} path @returns {number} */
function count(path) {
  if (!existsSync(path)) return 0;
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.reduce((sum, entry) => sum + (entry.isDirectory() ? count(join(path, entry.name)) : 1), 0);
}

/** A process and those that it started. @param {number} pid */
function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...(children === "" ? [] : children.split(" ").map(Number))];
}

/** @param {ReturnType<typeof weft.begin>} run */
function isAlive({ child }) {
  return child.exitCode === null && child.signalCode === null;
}

/** @param {string} out */
async function collect(out) {
  await weft.need(["batch", "collect", out, "--out", `${out}.jsonl`, "--quarantine", `${out}-bad.jsonl`], [0]);
}
