import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { renameFile } from "./rename-file.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-rename-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [from, to] = [join(folder, "new"), join(folder, "kept")];
beforeEach(() => {
  writeFileSync(from, "new");
  writeFileSync(to, "old");
});

/** A system where the first renames fail with a code. */
function busySystem(platform: NodeJS.Platform, code: string, failures: number) {
  let calls = 0;
  return {
    platform,
    calls: () => calls,
    rename: async (...paths: Parameters<typeof rename>) => {
      calls++;
      if (calls <= failures) throw Object.assign(new Error("busy"), { code });
      await rename(...paths);
    },
  };
}

test.each(["EACCES", "EPERM", "EBUSY"])("on Windows, retries while another program has the file open (%s)", async (code) => {
  const system = busySystem("win32", code, 3);
  await renameFile(from, to, system);
  expect(readFileSync(to, "utf8")).toBe("new");
  expect(system.calls()).toBe(4);
});

test("gives up when the file stays in use, and leaves both as they were", async () => {
  await expect(renameFile(from, to, busySystem("win32", "EPERM", 100))).rejects.toMatchObject({ code: "EPERM" });
  expect([readFileSync(from, "utf8"), readFileSync(to, "utf8")]).toEqual(["new", "old"]);
});

test.each<[NodeJS.Platform, string]>([
  ["linux", "EPERM"],
  ["win32", "ENOSPC"],
])("on %s, does not retry %s", async (platform, code) => {
  const system = busySystem(platform, code, 1);
  await expect(renameFile(from, to, system)).rejects.toMatchObject({ code });
  expect(system.calls()).toBe(1);
});
