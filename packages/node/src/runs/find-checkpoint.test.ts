import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@weft-nlp/core/archive";
import { checksumEntry } from "@weft-nlp/core/training";
import { afterAll, expect, test } from "vitest";
import { FileError } from "../errors.ts";
import { writeCheckpointFile } from "./checkpoint-file.ts";
import { findCheckpoint } from "./find-checkpoint.ts";

const root = mkdtempSync(join(tmpdir(), "weft-checkpoints-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A whole checkpoint without tensors. */
function saved(epoch: number): Uint8Array {
  const progress = { epoch, step: epoch, stale: 0, fingerprint: "f" };
  return writeSafetensors({ tensors: new Map(), metadata: { progress: JSON.stringify(progress) } });
}

/** A folder with these files; each contains its own name, or a checkpoint. */
function folder(name: string, ...files: string[]): string {
  const path = join(root, name);
  mkdirSync(join(path, "checkpoints"), { recursive: true });
  for (const file of files) writeFileSync(join(path, file), file.startsWith("checkpoints/") ? saved(1) : file);
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
      bytes: Buffer.from(saved(1)),
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

test("a damaged checkpoint is replaced by the one before it, and by nothing if that is damaged too", async () => {
  const run = folder("damaged", config, checkpoint);
  const last = join(run, checkpoint);
  const previous = join(run, "checkpoints/previous.safetensors");
  await writeCheckpointFile(last, previous, sealed(1));
  await writeCheckpointFile(last, previous, sealed(2));
  const sound = readFileSync(last);
  expect(await findCheckpoint(run, true)).toEqual({ bytes: sound, source: last });
  const broken: [Uint8Array, string][] = [
    [flipped(sound, sound.length - 3), "its SHA-256 differs"],
    [flipped(sound, sound.indexOf('epoch\\":2') + 8), "its SHA-256 differs"],
    [sound.subarray(0, -4), "the data should take"],
    [withNaN(), "weights/w holds numbers that are not finite"],
  ];
  for (const [bytes, reason] of broken) {
    writeFileSync(last, bytes);
    const found = await findCheckpoint(run, "or-begin");
    expect(found).toMatchObject({
      source: previous,
      damaged: { source: last, reason: expect.stringContaining(reason) as string },
    });
  }
  rmSync(last);
  expect((await findCheckpoint(run, true))?.source).toBe(previous);
  writeFileSync(last, flipped(sound, sound.length - 1));
  writeFileSync(previous, "");
  await expect(findCheckpoint(run, true)).rejects.toMatchObject({ code: "ARCHIVE_INVALID", at: { source: last } });
});

/** A checkpoint with room for its checksum. */
function sealed(epoch: number, value = epoch): Uint8Array {
  const progress = JSON.stringify({ epoch, step: epoch, stale: 0, fingerprint: "f" });
  const tensors = new Map([["weights/w", { shape: [1, 2], values: Float32Array.of(value, 3) }]]);
  return writeSafetensors({ tensors, metadata: { [checksumEntry]: "0".repeat(64), progress } });
}

/** Written without its checksum, as by former versions. */
function withNaN(): Uint8Array {
  const { tensors, metadata } = readSafetensors(sealed(1, Number.NaN), "c");
  return writeSafetensors({ tensors, metadata: { progress: metadata["progress"] as string } });
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
