import type { NewlineRule } from "@weft-nlp/core/text";
import { UsageError } from "../errors.ts";
import { holdsOwnRecords, isFolder } from "./open-documents.ts";
import { type InputKind, isWrapped, kindByName } from "./read-inputs.ts";
import type { RecordInput } from "./read-records.ts";
import { isRegularFile } from "./regular-file.ts";

/** What is known of an input before it is read. */
export interface RecordInputOptions {
  /** Defaults to `auto`. */
  readonly input?: InputKind | undefined;
  /** The format of its records, if it was named. */
  readonly from?: string | undefined;
  /** Where lines are wrapped by rule (`soft`), paragraphs are the documents of a text. */
  readonly newlines?: NewlineRule | undefined;
  /** Whether only a range of it is wanted, which must then be lines. */
  readonly ranged?: boolean | undefined;
}

/**
 * How the lines of an input are records; undefined for an input that is not read line by line, such
 * as a folder, a page or a wrapped text.
 *
 * @throws {UsageError} for a range of such an input
 */
export async function recordInputFor(path: string, options: RecordInputOptions = {}): Promise<RecordInput | undefined> {
  const found = await lineKind(path, options);
  if (found !== undefined || options.ranged !== true) return found;
  throw new UsageError("--range applies to text with a document per line or paragraph, and to JSONL");
}

async function lineKind(
  path: string,
  { input = "auto", from, newlines, ranged }: RecordInputOptions,
): Promise<RecordInput | undefined> {
  if (from !== undefined) return from === "jsonl" ? "jsonl" : undefined;
  if (input === "line" || input === "text") return "text";
  if (input === "paragraphs" || input === "jsonl") return (await isFolder(path)) ? undefined : input;
  if (input !== "auto" || (await isFolder(path))) return undefined;
  const regular = await isRegularFile(path);
  const kind = kindByName(path);
  if (kind === "data" && /\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(path)) {
    return !regular || (await holdsOwnRecords(path)) ? "jsonl" : undefined;
  }
  const text = newlines === "soft" ? "paragraphs" : "text";
  if (kind !== undefined) return kind === "line" ? text : undefined;
  // What comes through a pipe can be read only once.
  return ranged === true || !regular || !(await isWrapped(path)) ? text : undefined;
}
