import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { shell, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-disk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

const small = join(folder, "small");
mkdirSync(small);
const mounted =
  process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=100k", "weft-test", small]).status === 0;
afterAll(async () => void (mounted && (await shell(`umount ${JSON.stringify(small)}`, folder))));

// Nothing can be written to /dev/full: a file of the run that links to it causes the same system
// error as a full disk.
describe.skipIf(process.platform !== "linux")("a full disk", () => {
  test.each(["checkpoints/last.safetensors", "report.json", "model/model.safetensors"])("is reported for %s", async (name) => {
    const run = join(folder, `full-${name.replace("/", "-")}`);
    mkdirSync(join(run, name, ".."), { recursive: true });
    symlinkSync("/dev/full", join(run, name));
    const { code, err } = await weft(["train", "weft.yaml", "--run", run, "--set", "training.epochs=1"], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain(`${join(run, name)}: no space is left to write this file (DISK_FULL)\n  → free some space`);
    expect(err).not.toContain("    at ");
  });

  // Only root may mount; otherwise the cases above must suffice.
  test.skipIf(!mounted)("stops a training on a small disk, which resumes when there is room again", async () => {
    const args = ["train", "weft.yaml", "--deterministic", "--checkpoint-seconds", "0", "--set", "training.epochs=3"];
    const { code, err } = await weft([...args, "--run", join(small, "run")], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toContain("no space is left to write this file (DISK_FULL)");
    // The first checkpoint fitted and is complete; what came after it needs additional room.
    expect(readdirSync(join(small, "run/checkpoints"))).toContain("last.safetensors");
    expect(spawnSync("mount", ["-o", "remount,size=16m", small]).status).toBe(0);
    expect((await weft([...args, "--run", join(small, "run"), "--resume"], { cwd: folder })).code).toBe(0);
    expect((await weft([...args, "--run", "roomy"], { cwd: folder })).code).toBe(0);
    const model = "model/model.safetensors";
    expect(readFileSync(join(small, "run", model))).toEqual(readFileSync(join(folder, "roomy", model)));
  });

  test("is reported for a run's folder that cannot be created", async () => {
    writeFileSync(join(folder, "plain-file"), "");
    const { code, err } = await weft(["train", "weft.yaml", "--run", "plain-file/run", "--set", "training.epochs=1"], {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(err).toContain("(FILE_IS_FOLDER)");
  });
});
