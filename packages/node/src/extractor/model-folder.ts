import { rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@weft-nlp/core";
import {
  type BuildOptions,
  type BuiltModel,
  encodersOf,
  type ModelFiles,
  modelFileNames,
  openContainedEncoders,
  packModel,
  unpackModel,
} from "@weft-nlp/core/inference";
import type { KernelBuild } from "@weft-nlp/tensor";
import { exists } from "../files/exists.ts";
import { fileFailure } from "../files/file-failure.ts";
import { readWholeBytes } from "../files/json-file.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { checkedThreads } from "../workers/checked-threads.ts";
import { prepareKernels } from "../workers/prepare-kernels.ts";

const maxBytes = 4 * 2 ** 30;

/** Kernels and threads of a job. */
export interface ComputeOptions {
  /** Number of worker threads. Defaults to the number of cores. */
  readonly threads?: number | undefined;
  /** Which kernels compute. Defaults to the fastest that run here. */
  readonly kernels?: KernelBuild | undefined;
  /** Uses the kernels whose results are the same on every processor: `baseline`. */
  readonly deterministic?: boolean | undefined;
  /** Keeps the calling thread free: even a single thread is then a worker thread. */
  readonly background?: boolean | undefined;
}

/**
 * The number of threads for these options.
 *
 * @throws {ConfigError} for an invalid number, such as 0
 */
export function threadCount({ threads }: ComputeOptions): number {
  return threads === undefined ? availableParallelism() : checkedThreads(threads);
}

/**
 * The arguments of `Engine.create` for these options: the kernels, and whether threads share
 * memory.
 *
 * @throws {ConfigError} SETTING_INVALID if the kernels do not run here, or contradict
 *   `deterministic`
 */
export function engineOptions(options: ComputeOptions): { build?: KernelBuild; shared: boolean } {
  const build = chosenBuild(options);
  return {
    ...(build === undefined ? {} : { build }),
    shared: threadCount(options) > 1 || options.background === true,
  };
}

function chosenBuild({ kernels, deterministic }: ComputeOptions): KernelBuild | undefined {
  const { missingNative } = prepareKernels();
  const refuse = (message: string, hint: string): ConfigError =>
    new ConfigError("SETTING_INVALID", { at: { path: "kernels" }, message, hint });
  if (deterministic === true) {
    if (kernels === undefined || kernels === "baseline") return "baseline";
    throw refuse(`the ${kernels} kernels are not deterministic across processors`, "omit one of the two options");
  }
  if (kernels === "native" && missingNative !== undefined) throw refuse(missingNative, "omit the option to use WebAssembly");
  return kernels;
}

/**
 * Writes a model into a folder. Each file is written whole or not at all.
 *
 * @param card the text of README.md
 * @param options.withEncoder whether the folder is to contain the pretrained encoders that the
 *   model reads, instead of naming them; defaults to false
 */
export async function saveModel(
  built: BuiltModel,
  folder: string,
  card: string,
  options: { readonly withEncoder?: boolean | undefined } = {},
): Promise<void> {
  await makeFolder(folder);
  if (options.withEncoder === true) {
    const { containEncoders } = await import("../encoders/open-encoders.ts");
    await containEncoders(
      folder,
      [...built.frozen.uses.values()].map(({ encoder }) => encoder),
    );
  }
  await saveModelFiles(packModel(built), folder, card);
}

/** Writes a packed model into a folder. Each file is written whole or not at all. */
export async function saveModelFiles(files: ModelFiles, folder: string, card: string): Promise<void> {
  await makeFolder(folder);
  for (const name of [...modelFileNames.sometimes, ...modelFileNames.always]) {
    const file = files[name];
    if (file !== undefined) await writeFileAtomically(join(folder, name), file);
  }
  for (const name of modelFileNames.sometimes) if (files[name] === undefined) await rm(join(folder, name), { force: true });
  await writeFileAtomically(join(folder, "README.md"), card);
}

/**
 * Reads a model.
 *
 * @param folder a model's folder, or a run's
 * @throws {FileError} FILE_MISSING or similar
 * @throws {ArchiveError} ARCHIVE_INVALID if a file is truncated, of another kind, or does not fit
 *   the others; ENCODER_MISSING if it reads a pretrained encoder that is neither in the folder nor
 *   in the cache
 */
export async function loadModel(folder: string, options: ComputeOptions = {}): Promise<BuiltModel> {
  const place = await modelFolderOf(folder);
  const read = async (name: keyof ModelFiles): Promise<Uint8Array> => readWholeBytes(join(place, name), { maxBytes });
  const files: { -readonly [Name in keyof ModelFiles]: ModelFiles[Name] } = {
    "config.json": await read("config.json"),
    "vocab.json": await read("vocab.json"),
    "model.safetensors": await read("model.safetensors"),
  };
  for (const name of modelFileNames.sometimes) if (await exists(join(place, name))) files[name] = await read(name);
  const build: BuildOptions = engineOptions(options);
  const contained = await openContainedEncoders(files, place);
  const references = encodersOf(files["config.json"], place);
  if (references.length === 0) return unpackModel(files, place, { ...build, encoders: contained });
  const { openEncoders } = await import("../encoders/open-encoders.ts");
  return unpackModel(files, place, { ...build, encoders: [...contained, ...(await openEncoders(references, place))] });
}

/**
 * A string that changes when the model in a folder is rewritten. Reads the files' times and sizes,
 * not their contents.
 *
 * @throws {FileError} FILE_MISSING or similar
 */
export async function modelStamp(folder: string): Promise<string> {
  const place = await modelFolderOf(folder);
  const stamps = (await modelFilesIn(place)).map(async (name) => {
    try {
      const { mtimeMs, size, ino } = await stat(join(place, name));
      return `${ino} ${size} ${mtimeMs}`;
    } catch (cause) {
      throw fileFailure(cause, join(place, name), "read");
    }
  });
  return (await Promise.all(stamps)).join(", ");
}

/** The names of a model's files in its folder, in the order of its digest. */
export async function modelFilesIn(folder: string): Promise<(keyof ModelFiles)[]> {
  const some: (keyof ModelFiles)[] = [];
  for (const name of modelFileNames.sometimes) if (await exists(join(folder, name))) some.push(name);
  return [...modelFileNames.always, ...some];
}

/** A run keeps its model in a folder `model`. */
export async function modelFolderOf(folder: string): Promise<string> {
  const inner = join(folder, "model");
  return (await exists(join(inner, "config.json"))) ? inner : folder;
}
