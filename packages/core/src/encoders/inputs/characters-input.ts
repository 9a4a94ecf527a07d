import { type Matrix, operations } from "@weft-nlp/tensor";
import { z } from "zod";
import { applyConvolution, convolutionLayer, distinct } from "../../nn/index.ts";
import type { Vocabulary } from "../../vocabulary/index.ts";
import { type Columns, defineInput } from "../input-part.ts";

export interface CharacterSettings {
  readonly size: number;
  readonly filters: number;
  readonly widths: readonly number[];
}

const size = z.int().min(1).max(4096);

/**
 * The characters of a word, read by a CNN with ReLU and max-pooling over the word (Sun et al. 2018,
 * §3.1; Ma and Hovy 2016, §2.1).
 */
export const characters = defineInput<CharacterSettings>({
  name: "characters",
  summary: "the characters of the word, case kept, read by a convolution",
  settings: (own) =>
    z.strictObject({
      size: size.default(own.size ?? 50).describe("width of character embeddings"),
      filters: size.default(own.filters ?? 25).describe("filters of each width over the characters of a word"),
      widths: z
        .array(z.int().min(1).max(9))
        .min(1)
        .default([...(own.widths ?? [2, 3])])
        .describe("widths of the filters, in characters"),
    }),
  needs: () => ({ characters: true }),
  isKnown: ({ characters: vocabulary }) => vocabulary !== undefined,
  reader:
    () =>
    ({ tokens }) => ({ tokens }),
  build: (settings, { lexicon, scope, initial, dropout: rate }) => {
    const vocabulary = lexicon.characters as Vocabulary;
    const place = scope.child("character");
    const table = place.table("weight", vocabulary.size, settings.size, initial);
    const convolution = convolutionLayer(place, settings.size, settings.filters, settings.widths);
    /** A virtual table with a row for every possible spelling. */
    const spellings = { name: `spellings of ${table.name}`, rows: Number.POSITIVE_INFINITY };
    return {
      name: "character",
      width: settings.filters * settings.widths.length,
      names: (columns) => ({ table: spellings, ids: tokensOf(columns) }),
      rows: (tape, columns) => {
        const tokens = tokensOf(columns);
        const { firsts, rows } = distinct(tokens);
        const drop = (input: Matrix): Matrix => tape.apply(operations.dropout, { input, rate });
        const { ids, spans } = charactersOf(firsts, tokens, vocabulary);
        const embedded = drop(tape.apply(operations.embed, [{ table, ids }])); // [C, size]
        return { input: drop(applyConvolution(tape, convolution, { input: embedded, spans })), rows }; // [distinct words, Dc]
      },
    };
  },
});

function tokensOf(columns: Columns): readonly string[] {
  return columns["tokens"] as readonly string[];
}

/** The characters of some words end to end, with the span of each word. */
function charactersOf(
  places: Int32Array,
  tokens: readonly string[],
  vocabulary: Vocabulary,
): { ids: Int32Array; spans: Int32Array } {
  const ids: number[] = [];
  const spans: number[] = [];
  for (const place of places) {
    const start = ids.length;
    for (const character of tokens[place] as string) ids.push(vocabulary.indexOf(character));
    spans.push(start, ids.length);
  }
  return { ids: Int32Array.from(ids), spans: Int32Array.from(spans) };
}
