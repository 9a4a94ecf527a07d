import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PartFile } from "./part-file.ts";
import { requireRegularFile } from "./regular-file.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-part-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

test("a file has its name only when it is complete, and a part can be continued", async () => {
  writeFileSync(at("a"), "old", { mode: 0o600 });
  const first = await PartFile.open(at("a"));
  await first.write("één ");
  await first.write(new Uint8Array([0x62, 10]));
  expect(await first.flush()).toBe(8);
  await first.write("lost");
  await first.suspend();
  expect(readFileSync(at("a"), "utf8")).toBe("old");
  expect(readFileSync(at("a.part"), "utf8")).toBe("één b\nlost");
  const second = await PartFile.open(at("a"), 8);
  await second.write("c");
  await second.finish();
  expect(readFileSync(at("a"), "utf8")).toBe("één b\nc");
  // Windows has no permissions like these.
  if (process.platform !== "win32") expect(statSync(at("a")).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("a part with nothing in it is removed, and one with too little is refused", async () => {
  await (await PartFile.open(at("b"))).suspend();
  expect(readdirSync(folder)).not.toContain("b.part");
  writeFileSync(at("b.part"), "abc");
  await expect(PartFile.open(at("b"), 4)).rejects.toMatchObject({ code: "RESUME_MISMATCH" });
  await expect(PartFile.open(at("none/b"))).rejects.toMatchObject({ code: "FILE_MISSING" });
});

test.skipIf(process.platform === "win32")("a link stays a link", async () => {
  writeFileSync(at("target"), "");
  symlinkSync(at("target"), at("link"));
  const file = await PartFile.open(at("link"));
  await file.write("x");
  await file.finish();
  expect(readFileSync(at("target"), "utf8")).toBe("x");
});

test.skipIf(process.platform === "win32")(
  "pipes, devices, folders and sparse files are refused before they are opened",
  async () => {
    spawnSync("mkfifo", [at("pipe")]);
    writeFileSync(at("sparse"), "");
    truncateSync(at("sparse"), 2 ** 33);
    const refused = (path: string): Promise<unknown> => requireRegularFile(path, 2 ** 32).catch((error: unknown) => error);
    expect(await refused(at("pipe"))).toMatchObject({
      code: "FILE_UNUSABLE",
      summary: "expected a regular file, found a named pipe",
    });
    expect(await refused("/dev/zero")).toMatchObject({
      code: "FILE_UNUSABLE",
      summary: "expected a regular file, found a device",
    });
    expect(await refused(folder)).toMatchObject({ code: "FILE_IS_FOLDER" });
    expect(await refused(at("none"))).toMatchObject({ code: "FILE_MISSING" });
    expect(await refused(at("sparse"))).toMatchObject({ code: "FILE_TOO_LARGE" });
    expect(await refused(at("target"))).toBe(1);
  },
);
