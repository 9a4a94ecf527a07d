import { basename, resolve, sep } from "node:path";
import type { Omission } from "@weft-nlp/core";
import type { Annotator, PlacedDocument } from "@weft-nlp/core/annotators";
import { formats, type ReadEvent, readLabelStudioAnnotators } from "@weft-nlp/core/formats";
import { UsageError } from "../errors.ts";
import { openDocuments } from "./open-documents.ts";
import { type ReadDocumentsOptions, readDocuments } from "./read-documents.ts";
import { standardStream } from "./read-text.ts";

/** How to read the annotation of several people. */
export interface ReadAnnotatorsOptions extends ReadDocumentsOptions {
  readonly onOmission?: ((omission: Omission) => void) | undefined;
}

/**
 * Reads what several people annotated. An input is one annotator, unless it is a Label Studio
 * export in which several people annotated tasks: then each of them is one.
 *
 * @param inputs paths, or `NAME=PATH`; an input without a name is named after its file or folder
 * @throws {UsageError} for fewer than two annotators, or two of the same name
 */
export async function readAnnotators(inputs: readonly string[], options: ReadAnnotatorsOptions = {}): Promise<Annotator[]> {
  const named = nameInputs(inputs);
  const annotators: Annotator[] = [];
  for (const { name, path } of named) annotators.push(...(await readOne(name, path, named.length > 1, options)));
  const repeated = annotators.find(({ name }, index) => annotators.findIndex((other) => other.name === name) < index);
  if (repeated !== undefined) throw new UsageError(`two annotators are called ${repeated.name}`, "rename one: NAME=PATH");
  if (annotators.length > 1) return annotators;
  throw new UsageError(
    "expected the annotation of two people or more, found that of one",
    "name several files, or a Label Studio export in which several people annotated the same tasks",
  );
}

/** The paths of the inputs, without the names that `NAME=PATH` gives them. */
export function annotatorPaths(inputs: readonly string[]): string[] {
  return nameInputs(inputs).map(({ path }) => path);
}

function nameInputs(inputs: readonly string[]): { name: string; path: string }[] {
  const parsed = inputs.map((input) => {
    const [, given, path = input] = /^([^=/\\]+)=(.+)$/.exec(input) ?? [];
    return { given, path };
  });
  const short = (path: string, parts: number): string => {
    const all = resolve(path).split(sep);
    return all
      .slice(-parts)
      .join("/")
      .replace(/(?<=[^/])\.[^./]+(\.gz)?$/, "");
  };
  // A path given twice is reported as two annotators of one name, which needs no more of it.
  const unnamed = [...new Set(parsed.filter(({ given }) => given === undefined).map(({ path }) => resolve(path)))];
  // `anna/all.jsonl` and `ben/all.jsonl` differ in their folders.
  const deepest = Math.max(1, ...unnamed.map((path) => path.split(sep).length));
  let parts = 1;
  while (parts < deepest && new Set(unnamed.map((path) => short(path, parts))).size < unnamed.length) parts++;
  const nameOf = (path: string): string => {
    const whole = path === standardStream ? "standard input" : short(path, parts);
    const folder = whole.replace(/\/[^/]*$/, "");
    const sameFile = unnamed.every((other) => basename(other) === basename(path));
    // The folder alone says who it was if every file has the same name.
    return parts > 1 &&
      sameFile &&
      new Set(unnamed.map((each) => short(each, parts).replace(/\/[^/]*$/, ""))).size === unnamed.length
      ? folder
      : whole;
  };
  return parsed.map(({ given, path }) => ({ name: given ?? nameOf(path), path }));
}

/** @param several whether there are other inputs; annotators of one file then carry its name too */
async function readOne(
  name: string,
  path: string,
  several: boolean,
  { onOmission, ...options }: ReadAnnotatorsOptions,
): Promise<Annotator[]> {
  const own: PlacedDocument[] = [];
  const people = new Map<string, PlacedDocument[]>();
  const take = (event: ReadEvent, into: PlacedDocument[]): void => {
    if (event.kind === "omission") onOmission?.(event.omission);
    else into.push({ document: event.document, at: event.at });
  };
  if (await isLabelStudio(path, options)) {
    const { text, offsetUnit, mentions, spans } = options;
    for await (const { chunks, reading } of openDocuments(path, options)) {
      for await (const { annotator, event } of readLabelStudioAnnotators(chunks, {
        ...reading,
        text,
        offsetUnit,
        mentions,
        spans,
      })) {
        const documents = people.get(annotator) ?? [];
        people.set(annotator, documents);
        take(event, documents);
      }
    }
    const alone = people.size === 1;
    return [...people].map(([person, documents]) => ({ name: alone ? name : several ? `${name}:${person}` : person, documents }));
  }
  for await (const event of readDocuments(path, options)) take(event, own);
  return [{ name, documents: own }];
}

/** A pipe can be read only once, so it is one annotator. */
async function isLabelStudio(path: string, options: ReadDocumentsOptions): Promise<boolean> {
  if (path === standardStream) return options.format === formats["label-studio"].name;
  for await (const { format } of openDocuments(path, options)) {
    return format.name === formats["label-studio"].name;
  }
  return false;
}
