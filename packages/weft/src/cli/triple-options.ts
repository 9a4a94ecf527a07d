import { WeftError } from "@weft-nlp/core";
import { checkBase, type TripleFormat } from "@weft-nlp/core/triples";
import { UsageError } from "@weft-nlp/node";
import { standardStream } from "@weft-nlp/node/files";
import { refuseStandardOutput, type TripleFormatName, tripleFormatOf, tripleFormats } from "@weft-nlp/node/triples";
import { InvalidArgumentError, Option } from "commander";

/** What the options below become. */
export interface TripleFlags {
  readonly base?: string;
  readonly escapeFormulas?: boolean;
}

/** The options of every command that writes triples. */
export const tripleOptions: readonly Option[] = [
  new Option("--base <iri>", "what IRIs in RDF begin with (default: urn:weft:)").argParser(baseIri),
  new Option("--escape-formulas", "put ' before cells of csv and tsv that a spreadsheet would compute"),
];

export interface TripleTarget {
  /** `-` for standard output. */
  readonly path: string;
  readonly format: TripleFormat;
}

/**
 * Where to write and how: each file as its ending says, or as `--format` says where there is one; standard output where there is none.
 *
 * @throws {UsageError} before anything is written
 */
export function tripleTargets(paths: readonly string[], name: TripleFormatName | undefined): TripleTarget[] {
  const named = name === undefined ? undefined : tripleFormats[name];
  if (paths.length > 1 && named !== undefined) {
    throw new UsageError("--format is for one output; of several the endings say it", `endings: ${endings()}`);
  }
  if (new Set(paths).size < paths.length) throw new UsageError("the same --out is named twice", "give each its own name");
  return (paths.length === 0 ? [standardStream] : paths).map((path) => {
    const format = named ?? (path === standardStream ? tripleFormats.jsonl : tripleFormatOf(path));
    if (format === undefined) {
      throw new UsageError(`no format has this ending: ${path}`, `name one with --format, or end in ${endings()}`);
    }
    if (path === standardStream) refuseStandardOutput(format);
    return { path, format };
  });
}

function endings(): string {
  const all: readonly TripleFormat[] = Object.values(tripleFormats);
  return all.flatMap(({ extension }) => (extension === "" ? [] : [extension])).join(", ");
}

function baseIri(text: string): string {
  try {
    return checkBase(text);
  } catch (cause) {
    throw cause instanceof WeftError ? new InvalidArgumentError(cause.summary) : cause;
  }
}
