import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { inputShapeOf } from "./input-shape.ts";
import { openDocuments } from "./open-documents.ts";
import { readDocuments } from "./read-documents.ts";
import { readInput } from "./read-inputs.ts";
import { readText } from "./read-text.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-closed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file longer than what is read at once, so that its end is not reached by chance. */
function file(name: string, content: string | Uint8Array = "some words\n".repeat(100_000)): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Files of the test that this process has open, as Linux lists them. */
function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${number}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

async function readFirst(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) return;
}

describe.skipIf(process.platform !== "linux")("no file stays open", () => {
  const others = join(folder, "others");
  mkdirSync(others);
  for (let k = 0; k < 20; k++) file(`others/${k}.json`, `{\n"other": "${"x".repeat(300_000)}"}\n`);
  const aborted = AbortSignal.abort(new Error("enough"));

  test.each<[string, () => Promise<unknown>]>([
    ["a text that is left", async () => readFirst(readText(file("a.txt")))],
    ["a packed text that is left", async () => readFirst(readText(file("b.gz", gzipSync("word ".repeat(1_000_000)))))],
    ["a packed text that is cut", async () => readAll(readText(file("c.gz", gzipSync("word ".repeat(1e6)).subarray(0, 900))))],
    ["bytes that are not UTF-8", async () => readAll(readText(file("d.txt", Buffer.alloc(1_000_000, 0xe9))))],
    ["a text that is stopped before it is read", async () => readAll(readText(file("e.txt"), { signal: aborted }))],
    ["data in no format", async () => readAll(readDocuments(file("f.txt")))],
    ["data that is not read", async () => readFirst(openDocuments(file("g.jsonl", `{"text": "a"}\n`.repeat(100_000))))],
    ["a folder of files in other formats", async () => readAll(readDocuments(others))],
    ["the shape of a text", async () => inputShapeOf(file("h.txt"), { input: "auto" })],
    ["a document that is the last one wanted", async () => readFirst(readInput(file("i.txt")))],
  ])("%s", async (_, read) => {
    await read().catch(() => undefined);
    expect(openFiles()).toEqual([]);
    // A file whose opening had begun would be open a moment later.
    await pause(50);
    expect(openFiles()).toEqual([]);
  });

  test("a pipe with an idle writer can be left", async () => {
    const pipe = join(folder, "pipe");
    spawnSync("mkfifo", [pipe]);
    const writer = await open(pipe, "r+");
    try {
      await writer.write("some words\n".repeat(1000));
      await readFirst(readText(pipe));
    } finally {
      // The read that waits for more ends with this.
      await writer.write("the end\n");
      await writer.close();
    }
    await expect.poll(openFiles).toEqual([]);
  });
});
