import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FileError } from "../errors.ts";
import { findCheckpoint } from "./find-checkpoint.ts";

const root = mkdtempSync(join(tmpdir(), "weft-checkpoints-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with these files; each contains its own name. */
function folder(name: string, ...files: string[]): string {
  const path = join(root, name);
  mkdirSync(join(path, "checkpoints"), { recursive: true });
  for (const file of files) writeFileSync(join(path, file), file);
  return path;
}

const [config, checkpoint] = ["config.yaml", "checkpoints/last.safetensors"];
const stopped = folder("many/seed-1", config, checkpoint);
const early = folder("many/seed-2", config);
const bare = folder("many/weights", checkpoint);
const empty = folder("many/empty");

async function refusal(...args: Parameters<typeof findCheckpoint>): Promise<FileError> {
  const error: unknown = await findCheckpoint(...args).catch((thrown: unknown) => thrown);
  if (error instanceof FileError) return error;
  throw new Error("expected an error");
}

test("a stopped run resumes from its checkpoint, or starts over if it has none", async () => {
  for (const resume of [true, "or-begin"] as const) {
    expect(await findCheckpoint(stopped, resume)).toEqual({
      bytes: Buffer.from(checkpoint),
      source: join(stopped, checkpoint),
    });
    expect((await findCheckpoint(bare, resume))?.source).toBe(join(bare, checkpoint));
    expect(await findCheckpoint(early, resume)).toBeUndefined();
  }
});

test("a run begins in a new folder, but not where a run exists", async () => {
  for (const resume of [false, "or-begin"] as const) {
    expect(await findCheckpoint(empty, resume)).toBeUndefined();
    expect(await findCheckpoint(join(root, "new/one"), resume)).toBeUndefined();
  }
  for (const run of [stopped, early])
    expect(await refusal(run, false)).toMatchObject({ code: "RUN_EXISTS", at: { source: run } });
});

test("without a run to resume, the error names the runs next to it, or only the most similar", async () => {
  expect(await refusal(empty, true)).toMatchObject({
    code: "RUN_MISSING",
    at: { source: empty },
    summary: "there is no run in this folder to resume",
    hint: "omit --resume to begin one here, or resume one of the runs next to it: seed-1, seed-2",
  });
  expect(await refusal(join(root, "many/sed-2"), true)).toMatchObject({
    summary: "there is no such run to resume",
    hint: `omit --resume to begin one here, or resume ${early}`,
  });
  expect((await refusal(join(root, "nowhere/at-all"), true)).hint).toBe("omit --resume to begin one here");
  for (let seed = 3; seed < 9; seed++) folder(`many/seed-${seed}`, config);
  expect((await refusal(empty, true)).hint).toMatch(/: seed-1, seed-2, seed-3, seed-4, seed-5 and 3 more$/);
});
