import type { Annotation } from "@weft-nlp/core";
import type { BuiltModel } from "@weft-nlp/core/inference";
import { entityTypesOf, labelsOf } from "@weft-nlp/core/vocabulary";
import { UsageError } from "@weft-nlp/node";
import { didYouMean } from "@weft-nlp/node/files";
import { InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "./compute-options.ts";

/** What the shared options below become. */
export interface ScoreFlags {
  readonly report?: string;
  readonly ignore?: readonly string[];
  readonly types?: readonly string[];
  readonly resamples: number;
  readonly examples?: number;
}

export const ignoreOption = new Option(
  "--ignore <types>",
  "types that do not count on either side, such as Other; several with commas between",
).argParser(typeNames);

export const typesOption = new Option(
  "--types <types>",
  "the only types that count, of relations and entities; several with commas between",
).argParser(typeNames);

/** The options of the commands that score predictions. */
export const scoreOptions: readonly Option[] = [
  new Option("--report <folder>", "write report.json and report.html: pictures, every breakdown, each mistake beside gold"),
  new Option("--examples <n>", "show this many mistakes in their sentences").argParser(wholeNumber(1)),
  ignoreOption,
  typesOption,
  new Option("--resamples <n>", "bootstrap resamples behind the intervals").argParser(wholeNumber(100)).default(1000),
];

/**
 * Refuses names that nothing has: with nothing to count, every score would be 0.
 *
 * @param known the types of both sides
 * @throws {UsageError}
 */
export function requireKnownTypes({ types = [] }: Pick<ScoreFlags, "types">, known: readonly string[]): void {
  for (const type of types) {
    if (known.includes(type)) continue;
    throw new UsageError(
      `--types names ${JSON.stringify(type)}, which no entity and no relation has`,
      didYouMean(type, known) ?? "weft data stats lists the types of a file",
    );
  }
}

/** The types of entities and relations that a model knows. */
export function typesKnownTo({ description: { lexicon } }: Pick<BuiltModel, "description">): string[] {
  return [...entityTypesOf(lexicon), ...lexicon.relations.names];
}

/** The types of entities and relations that sentences have, as reports name them. */
export function typesIn(sentences: readonly Annotation[]): string[] {
  const { entityTypes, untyped, relationTypes } = labelsOf(sentences);
  return [...entityTypes, ...(untyped ? ["untyped"] : []), ...relationTypes.names];
}

function typeNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) throw new InvalidArgumentError("expected names of types with commas between");
  return names;
}
