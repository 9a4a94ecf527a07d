import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CorpusThreads } from "./corpus-threads.ts";
import type { ShelvedFile } from "./shelved-file.ts";

let folder: string;
const files: ShelvedFile[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-threads-"));
  for (let k = 0; k < 4; k++) {
    const path = join(folder, `${k}.jsonl`);
    await writeFile(path, `${JSON.stringify({ id: `${k}`, tokens: ["Ada", "left"] })}\n`.repeat(10));
    const { size, mtime } = await stat(path);
    files.push({ name: `${k}.jsonl`, path, bytes: size, modified: mtime });
  }
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

test("aborting at the moment of the answer does not end other work", async () => {
  const threads = new CorpusThreads();
  const read = async (file: ShelvedFile, signal?: AbortSignal) => threads.run("problems", [file], [file], signal);
  // Starts both threads.
  await Promise.all(files.slice(0, 2).map(async (file) => read(file)));
  const leaving = new AbortController();
  const gone = Promise.allSettled(files.slice(0, 2).map(async (file) => read(file, leaving.signal)));
  const stay = Promise.all(files.slice(2).map(async (file) => read(file)));
  // Their answers arrive while this thread is busy, and are handled only after the threads were
  // ordered to end.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  leaving.abort(new Error("gone"));
  for (const { files: found } of await stay) expect(found).toMatchObject([{ sentences: 10 }]);
  expect((await gone).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await threads.close();
});
