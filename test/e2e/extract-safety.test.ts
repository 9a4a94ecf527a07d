import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "@weft-nlp/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, weft, weftPath } from "./weft-command.ts";

// The short form of `npm run faults`, with real processes. A checkpoint after every record makes
// the extract slow enough to be killed within it.

const folder = mkdtempSync(join(tmpdir(), "weft-safe-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), "utf8");
const extract = async (...args: string[]): Promise<Ended> =>
  weft(["extract", model, "in.txt", "--threads", "1", "--deterministic", ...args], { cwd: folder });

const count = 700;
const bad = 600;

beforeAll(() => {
  const lines = Array.from({ length: count }, (_, k) =>
    k + 1 === bad ? Buffer.from([0xe9, 10]) : Buffer.from(`Mara Voss founded Kettle ${k} in Bremen.\n`),
  );
  writeFileSync(at("in.txt"), Buffer.concat(lines));
});

/** Starts an extract that can be resumed, and signals it a while after it first noted its place. */
async function stopped(signal: NodeJS.Signals, records: number): Promise<{ code: number | null; err: string }> {
  const args = ["--out", "out.jsonl", "--quarantine", "bad.jsonl", "--resume", "--checkpoint-seconds", "0"];
  const child: ChildProcess = spawn(
    process.execPath,
    [weftPath, "extract", model, "in.txt", "--threads", "1", "--deterministic", ...args],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  let err = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const before = placeOf();
  const timer = setInterval(() => {
    if (placeOf() < before + records) return;
    // A second signal would end the program at once.
    clearInterval(timer);
    child.kill(signal);
  }, 5);
  const code = await ended;
  clearInterval(timer);
  return { code, err };
}

/** How many records are noted as written. */
function placeOf(): number {
  const path = at("out.jsonl.part.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { counts: { records: number } }).counts.records : 0;
}

test("killed at random moments and stopped once, an extract resumes to the same bytes", async () => {
  const whole = await extract("--out", "whole.jsonl", "--quarantine", "whole-bad.jsonl");
  expect(whole.code).toBe(3);
  expect(whole.err).toMatch(/ in 699 documents; 1 record quarantined in whole-bad\.jsonl\n$/);
  const random = Random.of(7);
  for (let kill = 0; kill < 3; kill++) {
    expect((await stopped("SIGKILL", 1 + random.integer(20))).code).toBeNull();
    expect(existsSync(at("out.jsonl"))).toBe(false);
  }
  const { code, err } = await stopped("SIGTERM", 10);
  expect(code).toBe(143);
  expect(err).toMatch(
    /[\d,]+ documents? written, kept in .*out\.jsonl\.part.*; the same command with --resume continues from there\n$/,
  );
  const kept = placeOf();
  expect(kept).toBeGreaterThan(10);
  const last = await extract("--out", "out.jsonl", "--quarantine", "bad.jsonl", "--resume");
  expect(last.code).toBe(3);
  expect(last.err).toMatch(/^resuming after [\d,]+ documents\n/);
  expect([read("out.jsonl"), read("bad.jsonl")]).toEqual([read("whole.jsonl"), read("whole-bad.jsonl")]);
  expect(readdirSync(folder).toSorted()).toEqual([
    ...["bad.jsonl", "in.txt", "out.jsonl", "out.jsonl.model.json"],
    ...["whole-bad.jsonl", "whole.jsonl", "whole.jsonl.model.json"],
  ]);
});

test("standard output has every record before a fault, and the last line says how many", async () => {
  const { code, out, err } = await extract();
  expect(code).toBe(1);
  expect(out.split("\n").length - 1).toBe(bad - 1);
  expect(err).toContain(`in.txt:${bad}: these bytes are not UTF-8 text (ENCODING_INVALID)`);
  expect(err.trim().split("\n").at(-1)).toBe("  → 599 documents written");
  const skipped = await extract("--on-error", "skip", "--format", "triples");
  expect(skipped.code).toBe(3);
  expect(skipped.err).toMatch(/ in 699 documents; 1 record skipped\n$/);
});

test("parts of a file, extracted by themselves, are the whole when joined", async () => {
  for (const [range, name, ...more] of [
    [":7000", "a.jsonl"],
    ["7000:15008", "b.jsonl"],
    ["15008:22000", "c.jsonl"],
  ] as const) {
    expect((await extract("--range", range, "--out", name, ...more)).code).toBe(0);
  }
  const joined = read("a.jsonl") + read("b.jsonl") + read("c.jsonl");
  const { out } = await extract();
  expect(out.startsWith(joined)).toBe(true);
  expect(joined.split("\n").length).toBeGreaterThan(500);
});

test("wrapped text through a pipe is read by paragraphs where single line breaks are soft", async () => {
  const input = "Mara Voss founded Kettle\nRobotics in Bremen.\n\nJon left.\n";
  const { out } = await weft(["extract", model, "--newlines", "soft", "-q"], { input });
  const records = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly text: string });
  expect(records.map(({ text }) => text)).toEqual(["Mara Voss founded Kettle\nRobotics in Bremen.", "Jon left."]);
});

test("options that contradict each other are refused before the model is read", async () => {
  const refusals: [string[], string][] = [
    [["--on-error", "quarantine"], "--on-error quarantine needs a file"],
    [["--on-error", "stop", "--quarantine", "q"], "--on-error stop contradicts --quarantine"],
    [["--range", "9:3"], "expected bytes as start:end"],
    [["--first-line", "3"], "--first-line needs --range"],
  ];
  for (const [args, message] of refusals) {
    const { code, err } = await weft(["extract", "no-such-model", "in.txt", ...args], { cwd: folder });
    expect(code).toBe(2);
    expect(err).toContain(message);
  }
});
