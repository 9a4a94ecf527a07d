import { stat } from "node:fs/promises";
import type { TextRules } from "@weft-nlp/core/text";
import { type Corpus, collectSentences, type ReadSentencesOptions, standardStream } from "@weft-nlp/node/files";
import type { CommandContext } from "./command.ts";

/**
 * Reads files into memory one after the other, with a progress bar if they are large.
 *
 * @param beside replacements for companion files, see `OpenOptions`
 * @param how which annotation to read and what to do with invalid documents, what the model that
 *   reads them reads at once, and how text becomes words; defaults to single sentences and the
 *   usual rules
 */
export async function readCorpora(
  paths: readonly string[],
  context: CommandContext,
  format?: string,
  beside?: Readonly<Record<string, string>>,
  how: Pick<
    ReadSentencesOptions,
    "annotation" | "annotator" | "textField" | "onInvalid" | "negatives" | "columns" | "reading" | "text"
  > = {},
): Promise<Corpus[]> {
  return withReadingBar(paths, context, async (onBytes) => {
    const corpora: Corpus[] = [];
    for (const path of paths)
      corpora.push(await collectSentences(path, { ...how, format, beside, signal: context.signal, onBytes }));
    return corpora;
  });
}

/** Runs a job that reads files, and shows its progress. */
export async function withReadingBar<Result>(
  paths: readonly string[],
  { terminal }: CommandContext,
  job: (onBytes: (count: number) => void) => Promise<Result>,
): Promise<Result> {
  const total = await totalBytes(paths);
  if (total < worthABar) return job(() => undefined);
  const bar = terminal.progress("reading", total);
  let done = 0;
  try {
    return await job((count) => {
      done += count;
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}

const worthABar = 1 << 20;

/** The total size before reading. A missing file counts as 0; opening it reports the error. */
async function totalBytes(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeOf(path: string): Promise<number> {
  if (path === standardStream) return 0;
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** The options `--newlines` and `--split`. */
export function textRules({ newlines, split }: TextRules): TextRules | undefined {
  return newlines === undefined && split === undefined ? undefined : { newlines, split };
}

/** The options for `--types`: the file to use instead of the one next to a corpus. */
export function typesFile(path: string | undefined): Readonly<Record<string, string>> | undefined {
  return path === undefined ? undefined : { "types.json": path };
}
