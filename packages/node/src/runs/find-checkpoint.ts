import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { nearestName } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { readWholeBytes } from "../files/json-file.ts";

/**
 * Whether a training begins (`false`), goes on with the run that its folder holds (`true`), or does
 * whichever fits the folder.
 */
export type Resume = boolean | "or-begin";

export interface FoundCheckpoint {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** Where in a run's folder a run shows. */
export const runFiles = { config: "config.yaml", checkpoint: "checkpoints/last.safetensors" } as const;

/**
 * The checkpoint to go on from; nothing where the run begins, or was stopped before its first one.
 *
 * @throws {FileError} RUN_EXISTS when a run is to begin where there is one, RUN_MISSING when there
 *   is none to go on with
 */
export async function findCheckpoint(folder: string, resume: Resume): Promise<FoundCheckpoint | undefined> {
  const checkpoint = join(folder, runFiles.checkpoint);
  const [begun, saved] = [await holdsRun(folder), await exists(checkpoint)];
  if (resume === false && begun) {
    throw new FileError("RUN_EXISTS", {
      at: { source: folder },
      message: "this folder holds a run already",
      hint: "go on with it by --resume, or choose another folder by --run",
    });
  }
  if (resume === true && !begun && !saved) {
    throw new FileError("RUN_MISSING", {
      at: { source: folder },
      message: (await exists(folder)) ? "there is no run in this folder to go on with" : "there is no such run to go on with",
      hint: `leave out --resume to begin one here${namesOf(await runsBeside(folder), folder)}`,
    });
  }
  if (resume === false || !saved) return undefined;
  return { bytes: await readWholeBytes(checkpoint, { maxBytes: 2 ** 32 }), source: checkpoint };
}

async function holdsRun(folder: string): Promise<boolean> {
  return exists(join(folder, runFiles.config));
}

/** The names of the runs in the folder around, in their order; none where it cannot be read. */
async function runsBeside(folder: string): Promise<string[]> {
  const around = dirname(resolve(folder));
  const names = await readdir(around).catch(() => []);
  const held = await Promise.all(names.map(async (name) => holdsRun(join(around, name))));
  return names.filter((_, index) => held[index]).sort();
}

function namesOf(names: readonly string[], folder: string): string {
  const around = dirname(folder);
  const nearest = nearestName(basename(folder), names);
  if (nearest !== undefined) return `, or go on with ${join(around, nearest)}`;
  if (names.length === 0) return "";
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : "";
  return `, or go on with one of the runs beside it: ${names.slice(0, maxNames).join(", ")}${more}`;
}

const maxNames = 5;
