import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FileError } from "../errors.ts";
import { removeIfSame, takeLock } from "./lock-file.ts";
import { isMark, markFromName, markInName, ownMark, type ProcessMark, processState } from "./process-mark.ts";
import { sweepFolder, temporaryName } from "./temporary-files.ts";
import { writeFileAtomically } from "./write-file.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const busy = ({ pid }: ProcessMark): Error => new FileError("FILE_IN_USE", { message: `process ${pid}` });

/** The mark of a process that has ended. */
function endedMark(): ProcessMark {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return { host: hostname(), pid, start: "1" };
}

test("a process is known by its number and its start, so a later one with the number is another", () => {
  const own = ownMark();
  expect(own).toMatchObject({ host: hostname(), pid: process.pid });
  expect(processState(own)).toBe("alive");
  expect(processState(endedMark())).toBe("gone");
  expect(processState({ ...own, host: "another-machine" })).toBe("unknown");
  expect(markFromName(markInName())).toEqual(own);
  expect(markFromName(markInName({ ...own, host: "another-machine" }))).toBeUndefined();
  for (const value of [null, 3, {}, { host: "a", pid: -1 }, { host: "a", pid: 1, start: 2 }]) expect(isMark(value)).toBe(false);
});

test.skipIf(process.platform !== "linux")("a process with the number of an ended one is not taken for it", async () => {
  expect(processState({ ...ownMark(), start: "1" })).toBe("gone");
  const path = join(folder, "reused.lock");
  writeFileSync(path, JSON.stringify({ ...ownMark(), start: "1" }));
  const lock = await takeLock(path, folder, busy);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject(ownMark());
  await lock.release();
});

test("a lock is refused while its process runs, and taken over when it was killed", async () => {
  const path = join(folder, "a.lock");
  const other = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"]);
  writeFileSync(path, JSON.stringify({ host: hostname(), pid: other.pid }));
  await expect(takeLock(path, folder, busy)).rejects.toMatchObject({ code: "FILE_IN_USE", summary: `process ${other.pid}` });
  other.kill("SIGKILL");
  await new Promise((resolve) => other.once("exit", resolve));
  const lock = await takeLock(path, folder, busy);
  await expect(takeLock(path, folder, busy)).rejects.toMatchObject({ code: "FILE_IN_USE" });
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of another machine is respected, and one without sense is not", async () => {
  const path = join(folder, "b.lock");
  writeFileSync(path, JSON.stringify({ host: "another-machine", pid: 1 }));
  await expect(takeLock(path, folder, busy)).rejects.toMatchObject({ code: "FILE_IN_USE" });
  writeFileSync(path, "null");
  await (await takeLock(path, folder, busy)).release();
  expect(existsSync(path)).toBe(false);
  await expect(takeLock(join(folder, "none/c.lock"), "the run", busy)).rejects.toMatchObject({ at: { source: "the run" } });
});

test("of many that find a stale lock, one takes it", async () => {
  const path = join(folder, "d.lock");
  for (let round = 0; round < 20; round++) {
    writeFileSync(path, JSON.stringify(endedMarkOnce));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, async () => takeLock(path, folder, busy)));
    const taken = tries.filter(({ status }) => status === "fulfilled");
    expect(taken).toHaveLength(1);
    for (const one of tries) if (one.status === "fulfilled") await one.value.release();
  }
});
const endedMarkOnce = endedMark();

test("processes that found a stale lock late do not make room in the lock that replaced it", async () => {
  const path = join(folder, "late.lock");
  const lock = await takeLock(path, folder, busy);
  const held = readFileSync(path, "utf8");
  const stale = JSON.stringify(endedMarkOnce);
  const late = Array.from({ length: 100 }, async () => removeIfSame(path, stale));
  const tries = Array.from({ length: 100 }, async () => takeLock(path, folder, busy));
  const taken = (await Promise.allSettled(tries)).filter(({ status }) => status === "fulfilled");
  await Promise.all(late);
  expect(taken).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe(held);
  await lock.release();
  expect(readdirSync(folder).filter((name) => name.startsWith("late"))).toEqual([]);
});

test("a process that was killed while it removed a stale lock does not block others", async () => {
  const path = join(folder, "e.lock");
  const stale = JSON.stringify(endedMarkOnce);
  writeFileSync(path, stale);
  const removal = `${path}.${createHash("sha256").update(stale).digest("hex").slice(0, 16)}`;
  writeFileSync(removal, JSON.stringify({ ...endedMarkOnce, key: "1" }));
  const lock = await takeLock(path, folder, busy);
  expect(existsSync(removal)).toBe(false);
  await lock.release();
  // One that still runs is waited for, and named when it takes too long.
  writeFileSync(path, stale);
  writeFileSync(removal, JSON.stringify(ownMark()));
  await expect(takeLock(path, folder, busy)).rejects.toMatchObject({ summary: `process ${process.pid}` });
  setTimeout(() => rmSync(removal), 50);
  await (await takeLock(path, folder, busy)).release();
  rmSync(path, { force: true });
});

test("what killed processes left is removed, and nothing else", async () => {
  const place = join(folder, "swept");
  mkdirSync(place);
  const name = (mark: ProcessMark): string => `.x.json.${markInName(mark)}.00000000.tmp`;
  const gone = [name(endedMarkOnce)];
  mkdirSync(join(place, `.graph.${markInName(endedMarkOnce)}.0000000a.tmp/inner`), { recursive: true });
  const kept = [
    basename(temporaryName("y.json")),
    name({ ...endedMarkOnce, host: "another-machine" }),
    ".x.json.tmp",
    "x.1-1-00000000.00000000.tmp",
    "x.json",
  ];
  for (const file of [...gone, ...kept]) writeFileSync(join(place, file), "");
  await sweepFolder(place);
  expect(readdirSync(place).toSorted()).toEqual(kept.toSorted());
  await sweepFolder(join(place, "none"));
});

test("a write first removes what killed processes left in its folder", async () => {
  const place = join(folder, "written");
  mkdirSync(place);
  writeFileSync(join(place, `.x.json.${markInName(endedMarkOnce)}.00000000.tmp`), "half");
  await writeFileAtomically(join(place, "x.json"), "whole");
  expect(readdirSync(place)).toEqual(["x.json"]);
});

test("an old file can stay under another name", async () => {
  const place = join(folder, "kept");
  mkdirSync(place);
  const keepAs = join(place, "previous");
  const contents = (): string[] => readdirSync(place).map((name) => `${name} ${readFileSync(join(place, name), "utf8")}`);
  for (const text of ["1", "2", "3"]) await writeFileAtomically(join(place, "last"), text, { keepAs });
  expect(contents()).toEqual(["last 3", "previous 2"]);
});
