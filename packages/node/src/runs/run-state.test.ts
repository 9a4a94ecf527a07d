import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { afterAll, expect, test } from "vitest";
import { FileError } from "../errors.ts";
import { markEnded, markRunning, readRunState } from "./run-state.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-state-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a training is running until it records its end", async () => {
  expect(await readRunState(folder)).toBeUndefined();
  const running = await markRunning(folder);
  expect((await readRunState(folder))?.state).toBe("running");
  await markEnded(folder, running, false, new WeftError("CANCELLED", { message: "stopped" }));
  expect(await readRunState(folder)).toMatchObject({ state: "stopped", started: running.started });
  expect((await readRunState(folder))?.failure).toBeUndefined();
  const again = await markRunning(folder);
  expect(again.started).toBe(running.started);
  await markEnded(folder, again, false, new FileError("DISK_FULL", { message: "no space", at: { source: "/somewhere" } }));
  expect(await readRunState(folder)).toMatchObject({ state: "failed", failure: { code: "DISK_FULL", message: "no space" } });
  await markEnded(folder, again, true);
  expect((await readRunState(folder))?.state).toBe("done");
});

test("the state names machine and process only while the training runs", async () => {
  const written = (): unknown => JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
  const running = await markRunning(folder);
  expect(written()).toMatchObject({ process: { pid: process.pid, host: hostname() } });
  for (const [done, error] of [[true], [false], [false, new FileError("DISK_FULL", { message: "no space" })]] as const) {
    await markEnded(folder, running, done, error);
    expect(Object.keys(written() as object)).toEqual(["state", "started", ...(error === undefined ? [] : ["failure"])]);
  }
  expect((await markRunning(folder)).started).toBe(running.started);
});

test("a training whose process was killed counts as stopped, and an invalid state file as none", async () => {
  await markRunning(folder);
  const path = join(folder, "state.json");
  const written = JSON.parse(readFileSync(path, "utf8")) as { process: { pid: number } };
  // No process has this number: the maximum is far lower.
  writeFileSync(path, JSON.stringify({ ...written, process: { ...written.process, pid: 2 ** 30 } }));
  expect((await readRunState(folder))?.state).toBe("stopped");
  for (const broken of ["", "{", "null", "[]", '{"state":3}']) {
    writeFileSync(path, broken);
    expect(await readRunState(folder)).toBeUndefined();
  }
  for (const nobody of [{}, { process: null }, { process: { pid: "1" } }]) {
    writeFileSync(path, JSON.stringify({ state: "running", started: "2026-01-01T00:00:00.000Z", ...nobody }));
    expect((await readRunState(folder))?.state).toBe("stopped");
  }
});
