import { WeftError } from "@weft-nlp/core";
import { checkBase, type TripleFormat } from "@weft-nlp/core/triples";
import { UsageError } from "@weft-nlp/node/errors";
import { standardStream } from "@weft-nlp/node/files";
import { refuseStandardOutput, tripleFormatOf, tripleFormats } from "@weft-nlp/node/triples";

export interface TripleTarget {
  /** `-` for standard output. */
  readonly path: string;
  readonly format: TripleFormat;
}

/**
 * The outputs and their formats. The format is that of `--format`, or of the file's ending.
 * Defaults to standard output.
 *
 * @throws {UsageError} before anything is written
 */
export function tripleTargets(paths: readonly string[], name: string | undefined): TripleTarget[] {
  const named = name === undefined ? undefined : formatNamed(name);
  if (paths.length > 1 && named !== undefined) {
    throw new UsageError("--format applies to one output only; with several, the endings decide", `endings: ${endings()}`);
  }
  if (new Set(paths).size < paths.length) throw new UsageError("the same --out is named twice", "give each a different name");
  return (paths.length === 0 ? [standardStream] : paths).map((path) => {
    const format = named ?? (path === standardStream ? tripleFormats.jsonl : tripleFormatOf(path));
    if (format === undefined) {
      throw new UsageError(`no format has this ending: ${path}`, `name one with --format, or end in ${endings()}`);
    }
    if (path === standardStream) refuseStandardOutput(format);
    return { path, format };
  });
}

/** Checks `--base`. @throws {UsageError} if it is invalid */
export function checkedBase(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : checkBase(text);
  } catch (cause) {
    throw cause instanceof WeftError ? new UsageError(`--base ${text}: ${cause.summary}`, cause.hint, { cause }) : cause;
  }
}

/** The parser of the command line has checked the names. */
function formatNamed(name: string): TripleFormat | undefined {
  const all: Readonly<Record<string, TripleFormat>> = tripleFormats;
  return all[name];
}

function endings(): string {
  const all: readonly TripleFormat[] = Object.values(tripleFormats);
  return all.flatMap(({ extension }) => (extension === "" ? [] : [extension])).join(", ");
}
