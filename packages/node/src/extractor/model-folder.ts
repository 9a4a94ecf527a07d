import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type BuildOptions, type BuiltModel, type ModelFiles, packModel, unpackModel } from "@weft-nlp/core/inference";
import type { KernelBuild } from "@weft-nlp/tensor";
import { exists } from "../files/exists.ts";
import { fileFailure } from "../files/file-failure.ts";
import { readWholeBytes } from "../files/json-file.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { checkedThreads } from "../workers/checked-threads.ts";
import { allowRelaxedSimd } from "../workers/relaxed-simd.ts";

const names = ["config.json", "vocab.json", "model.safetensors"] as const satisfies readonly (keyof ModelFiles)[];
const maxBytes = 4 * 2 ** 30;

/** Kernels and threads of a job. */
export interface ComputeOptions {
  /** Worker threads; the machine's cores where left out. */
  readonly threads?: number | undefined;
  /** True takes the kernels whose results are the same on every processor. */
  readonly deterministic?: boolean | undefined;
  /** True leaves the calling thread free: one thread is then one beside it. */
  readonly background?: boolean | undefined;
}

/** @throws {ConfigError} for a number of threads that cannot work, such as 0 */
export function threadCount({ threads }: ComputeOptions): number {
  return threads === undefined ? availableParallelism() : checkedThreads(threads);
}

/** What `Engine.create` needs for these options: the kernels, and memory that threads can share. */
export function engineOptions(options: ComputeOptions): { build?: KernelBuild; shared: boolean } {
  if (options.deterministic !== true) allowRelaxedSimd();
  return {
    ...(options.deterministic === true ? { build: "baseline" } : {}),
    shared: threadCount(options) > 1 || options.background === true,
  };
}

/**
 * Writes a model into a folder, each file whole or not at all.
 *
 * @param card the text of README.md
 */
export async function saveModel(built: BuiltModel, folder: string, card: string): Promise<void> {
  await makeFolder(folder);
  const files = packModel(built);
  for (const name of names) await writeFileAtomically(join(folder, name), files[name]);
  await writeFileAtomically(join(folder, "README.md"), card);
}

/**
 * Reads a model.
 *
 * @param folder a model's folder, or the folder of a run that holds one
 * @throws {FileError} FILE_MISSING and its like
 * @throws {ArchiveError} ARCHIVE_INVALID where a file is cut off, foreign, or does not fit the
 *   others
 */
export async function loadModel(folder: string, options: ComputeOptions = {}): Promise<BuiltModel> {
  const place = await modelFolderOf(folder);
  const read = async (name: keyof ModelFiles): Promise<Uint8Array> => readWholeBytes(join(place, name), { maxBytes });
  const files: ModelFiles = {
    "config.json": await read("config.json"),
    "vocab.json": await read("vocab.json"),
    "model.safetensors": await read("model.safetensors"),
  };
  const build: BuildOptions = engineOptions(options);
  return unpackModel(files, place, build);
}

/**
 * A text that changes when the model in a folder is written anew; it looks at the files' times and
 * sizes, not into them.
 *
 * @throws {FileError} FILE_MISSING and its like
 */
export async function modelStamp(folder: string): Promise<string> {
  const place = await modelFolderOf(folder);
  const stamps = names.map(async (name) => {
    try {
      const { mtimeMs, size, ino } = await stat(join(place, name));
      return `${ino} ${size} ${mtimeMs}`;
    } catch (cause) {
      throw fileFailure(cause, join(place, name), "read");
    }
  });
  return (await Promise.all(stamps)).join(", ");
}

/** A run keeps its model in a folder `model`. */
export async function modelFolderOf(folder: string): Promise<string> {
  const inner = join(folder, "model");
  return (await exists(join(inner, "config.json"))) ? inner : folder;
}
