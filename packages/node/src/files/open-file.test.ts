import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { openFile } from "./open-file.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const big = "étude 🚀\n".repeat(30_000);

test("pieces end up in the file in order, texts and bytes, plain and gzip", async () => {
  for (const name of ["plain.txt", "packed.txt.gz"]) {
    const file = openFile(join(folder, name));
    for (const piece of ["a", new Uint8Array([98, 10]), big, "", "c"]) await file.write(piece);
    expect(readdirSync(folder)).not.toContain(name);
    await file.close();
    const bytes = readFileSync(join(folder, name));
    expect((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()).toBe(`ab\n${big}c`);
  }
});

test("an empty file is a file", async () => {
  await openFile(join(folder, "empty")).close();
  expect(readFileSync(join(folder, "empty"), "utf8")).toBe("");
});

test("the old file stays until close or after abort, and nothing is left behind", async () => {
  const path = join(folder, "kept.txt");
  writeFileSync(path, "old");
  const file = openFile(path);
  await file.write(big);
  expect(readFileSync(path, "utf8")).toBe("old");
  await file.abort();
  const unused = openFile(path);
  await unused.abort();
  const packed = openFile(`${path}.gz`);
  await packed.write(big);
  await packed.write(big);
  await packed.abort();
  expect(readdirSync(folder)).not.toContain("kept.txt.gz");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("aborting after close changes nothing", async () => {
  const path = join(folder, "closed.txt");
  const file = openFile(path);
  await file.write("new");
  await file.close();
  await file.abort();
  expect(readFileSync(path, "utf8")).toBe("new");
});

test("the writer gets an error when the system refuses, and never waits for ever", async () => {
  const write = async (): Promise<void> => {
    const file = openFile(join(folder, "nowhere", "x.txt"));
    for (let i = 0; i < 10; i++) await file.write(big);
    await file.close();
  };
  await expect(write()).rejects.toThrow("the folder to write into does not exist (FILE_MISSING)");
  const close = openFile(join(folder, "nowhere", "x.txt"));
  await expect(close.close()).rejects.toThrow("FILE_MISSING");
  const given = openFile(join(folder, "nowhere", "x.txt"));
  await given.abort();
});
