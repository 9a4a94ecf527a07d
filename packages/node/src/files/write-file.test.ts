import { type FileHandle, lstat, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileError } from "../errors.ts";
import { linkFile, writeFileAtomically } from "./write-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-write-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test("the new content replaces the old, and nothing else stays in the folder", async () => {
  const path = join(folder, "a.txt");
  await writeFileAtomically(path, "old");
  await writeFileAtomically(
    path,
    (async function* () {
      yield "né";
      yield new Uint8Array([0x77]);
      // Until the last piece is written, readers see the old content.
      expect(await readFile(path, "utf8")).toBe("old");
    })(),
  );
  expect(await readFile(path, "utf8")).toBe("néw");
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

test("the bytes are forced to disk before the file has its name, and the name after it", async () => {
  const path = join(folder, "a.txt");
  await writeFileAtomically(path, "old");
  const handle = await open(path, "r");
  // What Node forces to disk: the prototype of file handles is not exported.
  const forced = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "sync");
  await handle.close();
  const seen: { kind: string; named: string }[] = [];
  forced.mockImplementation(async function (this: FileHandle) {
    const kind = (await this.stat()).isDirectory() ? "folder" : "file";
    seen.push({ kind, named: await readFile(path, "utf8") });
    await this.datasync().catch(() => undefined);
  });
  await writeFileAtomically(path, "new").finally(() => forced.mockRestore());
  expect(seen).toEqual([
    { kind: "file", named: "old" },
    { kind: "folder", named: "new" },
  ]);
});

test("a failure halfway leaves the old file and no temporary one", async () => {
  const path = join(folder, "a.txt");
  await writeFileAtomically(path, "old");
  const failing = function* (): Generator<string> {
    yield "new";
    throw new RangeError("half way");
  };
  await expect(writeFileAtomically(path, failing())).rejects.toThrow(new RangeError("half way"));
  await expect(writeFileAtomically(`${path}.gz`, failing())).rejects.toThrow(new RangeError("half way"));
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

test("a path that ends in .gz is compressed, also when it is large", async () => {
  const path = join(folder, "a.txt.gz");
  const pieces = Array.from({ length: 1000 }, (_, index) => `${index} `.repeat(50));
  await writeFileAtomically(path, pieces);
  expect(gunzipSync(await readFile(path)).toString()).toBe(pieces.join(""));
});

test("a link stays a link, and the mode of a file stays", async () => {
  const [path, link] = [join(folder, "a"), join(folder, "link")];
  await writeFile(path, "old", { mode: 0o600 });
  await symlink(path, link);
  await writeFileAtomically(link, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  // Windows has no permissions like these.
  if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a folder in place of the file, and a missing folder, are reported with what to do", async () => {
  await mkdir(join(folder, "a"));
  await expect(writeFileAtomically(join(folder, "a"), "")).rejects.toMatchObject({ code: "FILE_IS_FOLDER" });
  await writeFile(join(folder, "b"), "");
  // Windows says no more than that there is no such folder.
  const code = process.platform === "win32" ? "FILE_MISSING" : "FILE_IS_FOLDER";
  await expect(writeFileAtomically(join(folder, "b", "c"), "")).rejects.toMatchObject({ code });
  const missing = await writeFileAtomically(join(folder, "no", "c"), "").catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(FileError);
  expect(missing).toMatchObject({
    code: "FILE_MISSING",
    message: `${join(folder, "no", "c")}: the folder to write into does not exist (FILE_MISSING)`,
    hint: "create the folder first",
  });
});

test.skipIf(process.platform !== "linux")("a full disk is DISK_FULL, and a device is written to, not replaced", async () => {
  await expect(writeFileAtomically("/dev/full", "x")).rejects.toMatchObject({
    code: "DISK_FULL",
    at: { source: "/dev/full" },
    hint: expect.stringContaining("free some space") as string,
  });
  expect((await stat("/dev/full")).isCharacterDevice()).toBe(true);
});

test("of several files, a name is given to one", async () => {
  await writeFile(join(folder, "one.tmp"), "one");
  await writeFile(join(folder, "two.tmp"), "two");
  expect(await linkFile(join(folder, "one.tmp"), join(folder, "linked"))).toBe(true);
  expect(await linkFile(join(folder, "two.tmp"), join(folder, "linked"))).toBe(false);
  expect(await readFile(join(folder, "linked"), "utf8")).toBe("one");
  await expect(linkFile(join(folder, "none.tmp"), join(folder, "other"))).rejects.toMatchObject({ code: "FILE_MISSING" });
});
