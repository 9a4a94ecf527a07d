import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { nearestName } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { readCheckpointFile } from "./checkpoint-file.ts";

/**
 * Whether a training begins (`false`), resumes the run in its folder (`true`), or resumes if there
 * is a run and begins otherwise (`or-begin`).
 */
export type Resume = boolean | "or-begin";

export interface FoundCheckpoint {
  readonly bytes: Uint8Array;
  readonly source: string;
  /** The later checkpoint that is damaged, so that this one before it is used. */
  readonly damaged?: { readonly source: string; readonly reason: string } | undefined;
}

/** The files in a folder by which a run is recognised. */
export const runFiles = {
  config: "config.yaml",
  checkpoint: "checkpoints/last.safetensors",
  previous: "checkpoints/previous.safetensors",
} as const;

/**
 * The checkpoint to resume from: the last, or the one before if the last is damaged. `undefined` if
 * the run begins, or stopped before its first one.
 *
 * @throws {FileError} RUN_EXISTS when a run should begin where one exists, RUN_MISSING when there
 *   is none to resume
 * @throws {ArchiveError} ARCHIVE_INVALID if no checkpoint is intact
 */
export async function findCheckpoint(folder: string, resume: Resume): Promise<FoundCheckpoint | undefined> {
  const [last, previous] = [join(folder, runFiles.checkpoint), join(folder, runFiles.previous)];
  const [begun, saved] = [await holdsRun(folder), (await exists(last)) || (await exists(previous))];
  if (resume === false && begun) throw runExists(folder);
  if (resume === true && !begun && !saved) {
    throw new FileError("RUN_MISSING", {
      at: { source: folder },
      message: (await exists(folder)) ? "there is no run in this folder to resume" : "there is no such run to resume",
      hint: `omit --resume to begin one here${namesOf(await runsBeside(folder), folder)}`,
    });
  }
  if (resume === false || !saved) return undefined;
  // A system without hard links may have been stopped between two names.
  if (!(await exists(last))) return { bytes: await readCheckpointFile(previous), source: previous };
  try {
    return { bytes: await readCheckpointFile(last), source: last };
  } catch (error) {
    if (!(error instanceof WeftError) || !(await exists(previous))) throw error;
    const bytes = await readCheckpointFile(previous).catch(() => {
      throw error;
    });
    return { bytes, source: previous, damaged: { source: last, reason: error.summary } };
  }
}

/** The error for beginning a run where one exists. */
export function runExists(folder: string): FileError {
  return new FileError("RUN_EXISTS", {
    at: { source: folder },
    message: "this folder already holds a run",
    hint: "resume it with --resume, or choose another folder with --run",
  });
}

/** Whether a training began in the folder. */
export async function holdsRun(folder: string): Promise<boolean> {
  return exists(join(folder, runFiles.config));
}

/** The sorted names of the runs in the parent folder; none if it cannot be read. */
async function runsBeside(folder: string): Promise<string[]> {
  const around = dirname(resolve(folder));
  const names = await readdir(around).catch(() => []);
  const held = await Promise.all(names.map(async (name) => holdsRun(join(around, name))));
  return names.filter((_, index) => held[index]).sort();
}

function namesOf(names: readonly string[], folder: string): string {
  const around = dirname(folder);
  const nearest = nearestName(basename(folder), names);
  if (nearest !== undefined) return `, or resume ${join(around, nearest)}`;
  if (names.length === 0) return "";
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : "";
  return `, or resume one of the runs next to it: ${names.slice(0, maxNames).join(", ")}${more}`;
}

const maxNames = 5;
