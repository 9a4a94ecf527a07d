import { open, rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@weft-nlp/core";
import { readSafetensorsIndex, safetensorsHeaderBytes } from "@weft-nlp/core/archive";
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
import { isPackageName, packageFolder } from "../files/find-package.ts";
import { readWholeBytes } from "../files/json-file.ts";
import { requireRegularFile } from "../files/regular-file.ts";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";
import { checkedThreads } from "../workers/checked-threads.ts";
import { prepareKernels } from "../workers/prepare-kernels.ts";

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
 * @throws {FileError} FILE_MISSING or similar; FILE_UNUSABLE if a file is a device or a pipe,
 *   FILE_TOO_LARGE
 * @throws {ArchiveError} ARCHIVE_INVALID if a file is truncated, of another kind, does not fit the
 *   others, or holds numbers that are not finite; ENCODER_MISSING if it reads a pretrained encoder
 *   that is neither in the folder nor in the cache
 */
export async function loadModel(folder: string, options: ComputeOptions = {}): Promise<BuiltModel> {
  const place = await modelFolderOf(folder);
  await checkModelFiles(place);
  const read = async (name: keyof ModelFiles): Promise<Uint8Array> =>
    readWholeBytes(join(place, name), { maxBytes: maxBytesOf(name), regular: true });
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

/**
 * Checks a model's files before anything of them is read into memory or hashed: they are regular
 * files, of a plausible size, and the weights have the size that their header says.
 *
 * @throws {FileError} FILE_MISSING, FILE_UNUSABLE, FILE_TOO_LARGE or similar
 * @throws {ArchiveError} ARCHIVE_INVALID
 */
export async function checkModelFiles(place: string): Promise<void> {
  for (const name of await modelFilesIn(place)) {
    const path = join(place, name);
    const size = await requireRegularFile(path, maxBytesOf(name));
    if (name === "model.safetensors") await checkWeightsFile(path, size);
  }
}

/** Far more than any model has, far less than a disk. */
function maxBytesOf(name: keyof ModelFiles): number {
  return name.endsWith(".json") ? jsonBytes : weightBytes;
}

const jsonBytes = 2 ** 29;
const weightBytes = 4 * 2 ** 30;

/** A sparse file of gigabytes costs nothing to make, but much to read. */
async function checkWeightsFile(path: string, size: number): Promise<void> {
  try {
    const handle = await open(path);
    try {
      const read = async (length: number): Promise<Uint8Array> => {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, 0);
        return buffer.subarray(0, bytesRead);
      };
      const start = await read(8);
      // Weights may be compressed; unpacking them has a limit of its own.
      if (start[0] === 0x1f && start[1] === 0x8b) return;
      readSafetensorsIndex(await read(safetensorsHeaderBytes(start, size, path)), size, path);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
}

/** The names of a model's files in its folder, in the order of its digest. */
export async function modelFilesIn(folder: string): Promise<(keyof ModelFiles)[]> {
  const some: (keyof ModelFiles)[] = [];
  for (const name of modelFileNames.sometimes) if (await exists(join(folder, name))) some.push(name);
  return [...modelFileNames.always, ...some];
}

/**
 * The folder with the files of a model. A run and a package keep their model in a folder `model`.
 *
 * @param named a model's folder, a run's, or the name of an installed package; a name that is also
 *   a path means the path
 */
export async function modelFolderOf(named: string): Promise<string> {
  const folder = (await exists(named)) ? named : (packageOf(named) ?? named);
  const inner = join(folder, "model");
  return (await exists(join(inner, "config.json"))) ? inner : folder;
}

function packageOf(name: string): string | undefined {
  return isPackageName(name) ? packageFolder(name, process.cwd()) : undefined;
}
