import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FileError, UsageError } from "../errors.ts";
import { fileFailure } from "../files/file-failure.ts";
import { type Lock, takeLock } from "../files/lock-file.ts";
import { partPathOf } from "../files/part-file.ts";
import { standardStream } from "../files/read-text.ts";
import type { ExtractFilesInput } from "./extract-input.ts";
import { ExtractJob } from "./extract-job.ts";
import type { ExtractCounts } from "./extract-state.ts";
import { canBeContinued, isDevice, type OutputTarget } from "./growing-output.ts";

/**
 * Extracts from files into outputs so that nothing is lost: each record of the input gives one
 * record of the output, in order, and what was written stays when something ends the work early.
 *
 * @throws {UsageError} if the job cannot be resumed
 * @throws {FileError} FILE_IN_USE if another process writes the same output; RESUME_MISMATCH if the
 *   job or the part of the input that was read differs; or when the system refuses
 * @throws the error of the first record that cannot be read, with `onError: "stop"`
 */
export async function extractFiles(input: ExtractFilesInput): Promise<ExtractCounts> {
  const { targets, files, resume, reading } = input;
  if (resume) requireResumable(targets);
  if (reading.range !== undefined && files.length !== 1) throw new UsageError("--range applies to one file");
  for (const path of files) await requireThere(path);
  const locks: Lock[] = [];
  try {
    for (const path of pathsOf(input)) if (!(await isDevice(path))) locks.push(await lockOutput(path));
    return await new ExtractJob(input).run();
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** The files that an extract writes. */
function pathsOf({ targets, quarantine }: ExtractFilesInput): string[] {
  const paths = targets.map(({ path }) => path).filter((path) => path !== standardStream);
  return quarantine === undefined ? paths : [...paths, quarantine];
}

/** A misspelt name must not be found after hours of work on the files before it. */
async function requireThere(path: string): Promise<void> {
  if (path === standardStream) return;
  await stat(path).catch((cause: unknown) => {
    throw fileFailure(cause, path, "read");
  });
}

function requireResumable(targets: readonly OutputTarget[]): void {
  const other = targets.find((target) => !canBeContinued(target));
  if (other === undefined) return;
  const what = other.path === standardStream ? "standard output" : other.path;
  throw new UsageError(`--resume cannot continue ${what}`, "name files with --out in jsonl, triples, tsv or csv, not compressed");
}

/** Two processes that append to one file would mix their records. */
async function lockOutput(path: string): Promise<Lock> {
  const part = await partPathOf(path);
  const file = join(dirname(part), `.${basename(part)}.lock`);
  return takeLock(file, path, ({ host, pid }) => {
    const message = `process ${pid} on ${host} writes this file`;
    return new FileError("FILE_IN_USE", {
      at: { source: path },
      message,
      hint: `wait for it, or remove ${file} if it has ended`,
    });
  });
}
