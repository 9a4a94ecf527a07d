import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  Batch,
  BatchReader,
  type BatchStatus,
  collectBatch,
  DirectoryStore,
  localDriver,
  makePlan,
  verifyBatch,
} from "@weft-nlp/batch";
import { type ProcessMark, processState } from "@weft-nlp/node/files";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, shell, weft, weftPath } from "./weft-command.ts";

// The short form of `npm run faults-batch`, with real processes.

const folder = mkdtempSync(join(tmpdir(), "weft-batch-"));
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), "utf8");
const run = async (...args: string[]): Promise<Ended> => weft(args, { cwd: folder });
const batch = async (...args: string[]): Promise<Ended> => run("batch", ...args);

const small = at("small");
mkdirSync(small);
const mounted =
  process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "weft-test", small]).status === 0;
afterAll(async () => {
  if (mounted) await shell(`umount ${JSON.stringify(small)}`, folder);
  rmSync(folder, { recursive: true, force: true });
});

const people = ["Mara Voss", "Ada Lind", "Tomas Reed"];
const sentence = (k: number): string =>
  k % 17 === 3 ? "" : `${people[k % 3]} founded Kettle ${k % 5} in Bremen.${k % 2 === 0 ? " Norda is based in Oslo." : ""}`;

/** Ends or stalls a worker at certain records, as a defect in a plugin would. */
const fatalPlugin = `
const trim = String.prototype.trim;
String.prototype.trim = function () {
  // Only worker processes have a channel to the process that started them.
  if (process.connected && this.includes("FATAL")) process.kill(process.pid, "SIGKILL");
  while (process.connected && this.includes("ENDLESS"));
  return trim.call(this);
};
export function register() {}
`;

beforeAll(async () => {
  const lines = Array.from({ length: 640 }, (_, k) => `${sentence(k)}\n`);
  writeFileSync(at("in.txt"), lines.join(""));
  appendFileSync(at("in.txt"), Buffer.from([0xe9, 10]));
  writeFileSync(
    at("in.jsonl"),
    `{"text":"Mara Voss founded Norda."}\n\n{"text":3}\n{"id":"own","text":"Ada Lind leads Acme."}\n`,
  );
  writeFileSync(at("fatal.mjs"), fatalPlugin);
  const outputs = ["--out", "whole.jsonl", "--quarantine", "whole-bad.jsonl"];
  const whole = await run("extract", model, at("in.txt"), at("in.jsonl"), "--threads", "1", ...outputs);
  if (whole.code !== 3) throw new Error(whole.err);
});

/** Plans files in shards of 80 records. */
async function plan(
  out: string,
  names = ["in.txt", "in.jsonl"],
  plugins: readonly string[] = [],
  checksum: "full" | "sampled" = "full",
): Promise<void> {
  await makePlan({
    ...{ store: new DirectoryStore(at(out)), files: names.map(at), model, shardRecords: 80, checksum },
    options: { output: "jsonl", blank: "record", identity: "file", buckets: 2, plugins },
  });
}

/** Does what is left in worker processes of this one. @returns what became of lost workers */
async function finish(out: string, stallSeconds?: number): Promise<string[]> {
  const said: string[] = [];
  const onLoss = ({ id }: { id: string }, reason: string, { kind }: { kind: string }): void =>
    void said.push(`${id} ${kind}: ${reason}`);
  await localDriver().run(await Batch.open(at(out), { threads: 1, stallSeconds, onLoss }), new AbortController().signal);
  return said;
}

/** Joins the parts and compares them with the plain extract. */
async function expectWhole(out: string): Promise<void> {
  await collectBatch(await BatchReader.open(at(out)), { out: at(`${out}.jsonl`), quarantine: at(`${out}-bad.jsonl`) });
  expect(read(`${out}.jsonl`)).toBe(read("whole.jsonl"));
  expect(read(`${out}-bad.jsonl`)).toBe(read("whole-bad.jsonl"));
  expect(read(`${out}.jsonl.model.json`)).toBe(read("whole.jsonl.model.json"));
}

async function status(out: string): Promise<BatchStatus> {
  return (await BatchReader.open(at(out))).status();
}

/** The ids of the worker processes that live and hold a shard. */
function workers(out: string): number[] {
  const attempts = at(`${out}/attempts`);
  if (!existsSync(attempts)) return [];
  return readdirSync(attempts).flatMap((name) => {
    try {
      const mark = JSON.parse(readFileSync(join(attempts, name), "utf8")) as ProcessMark;
      return processState(mark) === "alive" ? [mark.pid] : [];
    } catch {
      // Removed since the folder was listed.
      return [];
    }
  });
}

/** Starts the workers of a batch and waits until one holds a shard. */
async function started(out: string, ...args: string[]): Promise<{ child: ChildProcess; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [weftPath, "batch", "run", out, "--threads", "1", ...args], {
    cwd: folder,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  while (workers(out).length === 0 && child.exitCode === null) await wait(2);
  return { child, ended };
}

test("a batch gives the bytes of a plain extract, and says how far it is", async () => {
  const planning = ["plan", at("in.txt"), at("in.jsonl"), "--model", model, "--out", "plain", "--records", "80"];
  expect((await batch(...planning)).err).toContain("10 shards of 644 records");
  expect((await batch(...planning)).code).toBe(0);
  const other = await batch(...planning.slice(0, 2), ...planning.slice(3));
  expect([other.code, other.err]).toEqual([2, expect.stringContaining("plain holds the plan of another batch")]);
  expect((await batch("collect", "plain", "--out", "too-soon.jsonl")).err).toContain(
    "0 of 10 shards are done (BATCH_INCOMPLETE)",
  );
  const first = await batch("run", "plain", "--threads", "1", "--shard", "1/3");
  expect([first.code, (await status("plain")).shards.done]).toEqual([0, 3]);
  const { code, err } = await batch("run", "plain", "--workers", "2", "--threads", "1");
  expect([code, err]).toEqual([3, expect.stringMatching(/7 shards done in .*; 10 of 10 in all\n2 records quarantined/)]);
  await expectWhole("plain");
  const collected = await batch("collect", "plain", "--out", "by-command.jsonl");
  expect(collected.err).toMatch(/ in 642 documents; 2 records quarantined\n$/);
  expect(read("by-command.jsonl")).toBe(read("whole.jsonl"));
  expect(await status("plain")).toMatchObject({ records: { in: 644, out: 642, quarantined: 2 }, retries: 0 });
  expect((await batch("status", "plain")).out).toMatch(/100\.0 %\n10 of 10 shards done\n644 of 644 records, /);
});

test("a plan that did not read the files names records by byte, as extract --ids byte does", async () => {
  await plan("sampled", ["in.txt", "in.jsonl"], [], "sampled");
  await finish("sampled");
  const { out } = await run(
    "extract",
    model,
    at("in.txt"),
    at("in.jsonl"),
    "--threads",
    "1",
    "--ids",
    "byte",
    "--on-error",
    "skip",
  );
  await collectBatch(await BatchReader.open(at("sampled")), { out: at("sampled.jsonl"), quarantine: at("sampled-bad.jsonl") });
  expect(read("sampled.jsonl")).toBe(out);
  expect(values("sampled.jsonl").at(-2)?.id).toBe("byte-0");
  expect(values("sampled-bad.jsonl")).toMatchObject([
    { source: at("in.txt") },
    { source: at("in.jsonl"), byte: read("in.jsonl").indexOf('{"text":3}') },
  ]);
});

test("killed workers, a killed run, one that wakes too late and Ctrl-C change nothing", async () => {
  await plan("killed");
  const first = await started("killed");
  const killed = workers("killed");
  for (const pid of killed) process.kill(pid, "SIGKILL");
  while (workers("killed").length === 0) await wait(2);
  first.child.kill("SIGKILL");
  await first.ended;
  // Its worker ends when it finds that it is alone.
  while (workers("killed").length > 0) await wait(2);
  const stopped = await started("killed");
  stopped.child.kill("SIGINT");
  expect(await stopped.ended).toBe(130);
  const sleeper = await started("killed");
  const asleep = [...workers("killed"), sleeper.child.pid ?? 0];
  for (const pid of asleep) process.kill(pid, "SIGSTOP");
  await finish("killed");
  const { shards, retries } = await status("killed");
  expect(shards.done).toBe(shards.all);
  expect(retries).toBeGreaterThanOrEqual(killed.length);
  for (const pid of asleep) process.kill(pid, "SIGCONT");
  expect(await sleeper.ended).toBe(3);
  await expectWhole("killed");
  expect(await verifyBatch(await BatchReader.open(at("killed")))).toEqual({ checked: shards.all, damage: [] });
});

test("a record that ends or stalls every worker is found and quarantined, and no other", async () => {
  writeFileSync(at("fatal.txt"), `${sentence(1)}\n${sentence(2)}\nAda FATAL Lind.\n`);
  writeFileSync(at("endless.txt"), "Ada ENDLESS Lind.\n");
  await plan("fatal", ["fatal.txt", "endless.txt"], [pathToFileURL(at("fatal.mjs")).href]);
  const said = await finish("fatal", 1);
  expect(said.filter((line) => line.includes("split"))).toContainEqual(
    expect.stringMatching(/^0 split: the worker of shard 0 ended by SIGKILL/),
  );
  expect(said).toContainEqual(expect.stringMatching(/^1 quarantined: the worker of shard 1 stalled for 1 s/));
  await collectBatch(await BatchReader.open(at("fatal")), { out: at("fatal.jsonl"), quarantine: at("fatal-bad.jsonl") });
  const message = "every worker that read this record ended or stalled, 3 in a row";
  expect(values("fatal-bad.jsonl")).toEqual([
    { source: at("fatal.txt"), line: 3, code: "RECORD_FATAL", message, raw: "Ada FATAL Lind." },
    { source: at("endless.txt"), line: 1, code: "RECORD_FATAL", message, raw: "Ada ENDLESS Lind." },
  ]);
  expect(values("fatal.jsonl").map(({ id }) => id)).toEqual([1, 2].map((line) => `${at("fatal.txt")}:${line}`));
  // A worker that was killed between its files and its record.
  writeFileSync(at("fatal/parts/0000/0000000.jsonl"), "{}\n");
  const damage = async () => (await verifyBatch(await BatchReader.open(at("fatal")))).damage.map(({ problem }) => problem);
  expect(await damage()).toEqual(["without a record"]);
  await (await Batch.open(at("fatal"), { threads: 1 })).tidy();
  expect(await damage()).toEqual([]);
});

function values(name: string): { readonly id?: string }[] {
  return read(name)
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { id?: string });
}

test("what has changed since it was committed or planned is found", async () => {
  await plan("changed");
  await finish("changed");
  const file = "parts/0000/0000003.jsonl";
  appendFileSync(at(`changed/${file}`), "{}\n");
  const found = await batch("verify", "changed");
  expect([found.code, found.out]).toEqual([1, `shard 3: ${file}: changed\n10 shards checked, 1 file damaged\n`]);
  await expect(expectWhole("changed")).rejects.toMatchObject({ code: "BATCH_DAMAGED" });
  expect(existsSync(at("changed.jsonl"))).toBe(false);
  await verifyBatch(await BatchReader.open(at("changed")), { repair: true });
  expect((await status("changed")).shards.done).toBe(9);
  writeFileSync(at("later.txt"), "Mara Voss founded Norda.\n");
  await plan("later", ["later.txt", "in.jsonl"]);
  writeFileSync(at("later.txt"), "Mara Voss founded Nerda.\n");
  await expect(finish("later")).rejects.toMatchObject({ code: "PLAN_MISMATCH", at: { source: at("later.txt") } });
  expect((await status("later")).shards).toMatchObject({ all: 2, done: 1 });
});

// Only root may mount.
test.skipIf(!mounted)("a full disk stops a batch, which resumes when there is room again", async () => {
  await plan("small/batch");
  await expect(finish("small/batch")).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(spawnSync("mount", ["-o", "remount,size=16m", small]).status).toBe(0);
  await finish("small/batch");
  await expectWhole("small/batch");
});
