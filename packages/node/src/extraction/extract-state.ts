import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { FileError } from "../errors.ts";
import { exists } from "../files/exists.ts";
import { readJsonFile, writeJsonFile } from "../files/json-file.ts";

const count = z.int().min(0);

const counts = z.object({
  /** Records read: documents, and those that could not be read. */
  records: count,
  documents: count,
  entities: count,
  relations: count,
  /** Records that could not be read and were skipped or quarantined. */
  faults: count,
  /** Sentences longer than a window, their windows, and given entities that fit in none. */
  longSentences: z.object({ sentences: count, windows: count, unread: count }),
});

/** What an extract has done so far. */
export type ExtractCounts = z.infer<typeof counts>;

const state = z.object({
  format: z.literal("weft-extract"),
  version: z.literal(1),
  /** Everything that the output depends on besides the input's contents. */
  job: z.record(z.string(), z.unknown()),
  /** Where reading resumes: which file, and the place after the last record that was written. */
  position: z.object({ file: count, byte: count, line: z.int().min(1), sha256: z.string() }),
  /** The bytes of each output and of the quarantine that are on disk. */
  outputs: z.array(count),
  counts,
  /** Whether all that is left to do is to give the outputs their names. */
  complete: z.boolean(),
});

/**
 * The key of a job for what happens at records that cannot be read. It may change as long as there
 * was none: an extract that stopped at the first can resume and skip it.
 */
export const faultPolicy = "onError";

/** The contents of the file beside an unfinished output from which an extract resumes. */
export type ExtractState = z.infer<typeof state>;

/** The counts before anything is read. */
export function noCounts(): ExtractCounts {
  const longSentences = { sentences: 0, windows: 0, unread: 0 };
  return { records: 0, documents: 0, entities: 0, relations: 0, faults: 0, longSentences };
}

/** The name of the state beside an unfinished output. */
export function statePathOf(partPath: string): string {
  return `${partPath}.json`;
}

/** Writes the state; everything that it counts must be on disk by then. */
export async function writeExtractState(path: string, value: Omit<ExtractState, "format" | "version">): Promise<void> {
  await writeJsonFile(path, { format: "weft-extract", version: 1, ...value });
}

export async function removeExtractState(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * Reads the state of an extract that was stopped or killed; `undefined` if there is none.
 *
 * @param job what the output of the new extract depends on
 * @throws {FileError} RESUME_MISMATCH if the state is damaged or of another job
 */
export async function readExtractState(path: string, job: ExtractState["job"]): Promise<ExtractState | undefined> {
  if (!(await exists(path))) return undefined;
  const parsed = state.safeParse(await readJsonFile(path, { maxBytes: 1 << 24, regular: true }));
  if (!parsed.success) throw mismatch(path, "this is not the state of an extract, or of another version of Weft");
  const before = parsed.data.job;
  const wanted = JSON.parse(JSON.stringify(job)) as ExtractState["job"];
  for (const name of new Set([...Object.keys(before), ...Object.keys(wanted)])) {
    if (isDeepStrictEqual(before[name], wanted[name]) || (name === faultPolicy && parsed.data.counts.faults === 0)) continue;
    const [was, is] = [before[name], wanted[name]].map((value) => (value === undefined ? "none" : JSON.stringify(value)));
    throw mismatch(path, `${name} was ${was} and is now ${is}`);
  }
  return parsed.data;
}

/** The error for an extract that cannot resume where another stopped. */
export function mismatch(source: string, message: string): FileError {
  return new FileError("RESUME_MISMATCH", {
    at: { source },
    message,
    hint: "repeat the command that was stopped with --resume added, or omit --resume to begin again",
  });
}
