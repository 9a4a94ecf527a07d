import {
  type Matrix,
  operations,
  type PairCell,
  type PairScorer,
  pairProbabilities,
  pairScores,
  predictPairs,
  type Tape,
} from "@weft-nlp/tensor";
import { drawDistinct, drawTags, logProbOfTags } from "../../heads/sampling.ts";
import { certainCells, decodeCells } from "../../heads/word-pairs/decode-cells.ts";
import type { Prediction } from "../../metrics/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Output, OutputScores, SampleOptions } from "../model.ts";
import type { RinOutput } from "./rin-network.ts";
import type { RinExample } from "./rin-reader.ts";
import type { RinSettings } from "./rin-settings.ts";

/**
 * An output of RIN: a tag for each word, and the cells with a relation. Given the sentence, all are
 * independent.
 */
export interface RinSample extends Output {
  readonly tags: Int32Array;
  /** A flat list i, j, r, sorted. */
  readonly cells: Int32Array;
}

/**
 * The gold output of each sentence, then drawn outputs. They are distinct in their tags, as in
 * algorithm 1 of Sun et al. 2018.
 */
export function drawOutputs(
  tape: Tape,
  { tagScores, pairs }: RinOutput,
  examples: readonly RinExample[],
  { lexicon, settings }: { lexicon: Lexicon; settings: RinSettings },
  { samples, epsilon, relations, goldRelations, random }: SampleOptions,
): RinSample[][] {
  const probabilities = tagProbabilities(tape, tagScores, pairs.offsets);
  const best = relations === "best" ? predictPairs(tape, pairs, new Float32Array(lexicon.relations.size).fill(0.5)) : undefined;
  return examples.map(({ tags, cells, length }, s) => {
    const own = probabilities[s] as Float32Array;
    const draw = best === undefined ? cellDrawer(pairProbabilities(tape, pairs, s), length, lexicon.relations.size) : undefined;
    const sampleOf = (chosen: Int32Array, found: readonly PairCell[]): RinSample => ({
      tags: chosen,
      cells: Int32Array.from(found.flatMap(({ i, j, r }) => [i, j, r])),
      prediction: decodeCells(lexicon, settings, chosen, own, found),
    });
    const relationsOf = (): readonly PairCell[] => best?.[s] ?? draw?.(() => random.next()) ?? [];
    const gold = goldRelations === "gold" ? certainCells(cells) : relationsOf();
    const drawn = drawDistinct(samples, tags, () => drawTags(own, lexicon.tags.size, epsilon, random));
    return [sampleOf(tags, gold), ...drawn.map((chosen) => sampleOf(chosen, relationsOf()))];
  });
}

/**
 * ln P of outputs: Σ ln p over the tags, plus ln p or ln (1 − p) over all cells. The sum over cells
 * equals Σ ln (1 − p) over all cells, which the outputs of a sentence share, plus the score of each
 * cell with a relation. The gradient therefore needs only those cells and the sum of the sentence's
 * factors.
 */
export function scoreOutputs(
  tape: Tape,
  { tagScores, pairs }: RinOutput,
  outputs: readonly (readonly RinSample[])[],
): Omit<OutputScores, "losses"> {
  const quiet = tape.quiet();
  const probabilities = tagProbabilities(quiet, tagScores, pairs.offsets);
  const nothing = new Int32Array(0);
  const cells = outputs.map((set) => joined(set.map((output) => output.cells)));
  const scores = pairScores(quiet, pairs, cells);
  return {
    entities: outputs.map((set, s) =>
      Float64Array.from(set, ({ tags }) => logProbOfTags(probabilities[s] ?? [], tagScores.columns, tags)),
    ),
    relations: outputs.map((set, s) => {
      const none = -quiet.apply(operations.pairLoss, { ...sentenceOf(pairs, s), gold: [nothing], factor: 0 });
      let at = 0;
      return Float64Array.from(set, (output) => {
        let sum = none;
        for (let k = 0; k < output.cells.length; k += 3) sum += scores[s]?.[at++] ?? 0;
        return sum;
      });
    }),
    addGradient(entityFactors, relationFactors) {
      const max = Math.max(0, ...outputs.map((set) => set.length));
      for (let k = 0; k < max; k++) {
        const gold = new Int32Array(tagScores.rows).fill(-1);
        const weights = new Float32Array(tagScores.rows);
        for (const [s, set] of outputs.entries()) {
          const [start = 0, end = 0] = [pairs.offsets[s], pairs.offsets[s + 1]];
          gold.set(set[k]?.tags ?? nothing, start);
          weights.fill(-(entityFactors[s]?.[k] ?? 0), start, end);
        }
        tape.apply(operations.softmaxLoss, { scores: tagScores, gold, weights, factor: 1 });
      }
      const weights = outputs.map((set, s) =>
        Float64Array.from(
          set.flatMap((output, k) => new Array<number>(output.cells.length / 3).fill(relationFactors[s]?.[k] ?? 0)),
        ),
      );
      tape.apply(operations.pairSum, { ...pairs, cells, weights, factor: 1 });
      for (const [s, factors] of relationFactors.entries()) {
        const total = factors.reduce((sum, factor) => sum + factor, 0);
        const largest = factors.reduce((top, factor) => Math.max(top, Math.abs(factor)), 0);
        if (Math.abs(total) <= rounding * largest) continue;
        tape.apply(operations.pairLoss, { ...sentenceOf(pairs, s), gold: [nothing], factor: -total });
      }
    },
  };
}

/** A sum of factors below this share of the largest one is zero in exact arithmetic. */
const rounding = 1e-9;

/** The reference for the metrics: the annotation, with the cells that training uses. */
export function goldPrediction({ gold, cells }: RinExample, lexicon: Lexicon): Prediction {
  const named = certainCells(cells).map(({ i, j, r }) => ({ head: i, tail: j, type: lexicon.relations.nameOf(r) }));
  return { ...gold, cells: named };
}

function tagProbabilities(tape: Tape, tagScores: Matrix, offsets: Int32Array): Float32Array[] {
  const all = tape.read(tape.apply(operations.softmax, tagScores)); // [ΣN, T]
  const width = tagScores.columns;
  return Array.from({ length: offsets.length - 1 }, (_, s) =>
    all.subarray((offsets[s] ?? 0) * width, (offsets[s + 1] ?? 0) * width),
  );
}

/** Draws every cell independently. @param probabilities [N, N, R] */
function cellDrawer(probabilities: Float32Array, length: number, types: number): (next: () => number) => PairCell[] {
  return (next) => {
    const cells: PairCell[] = [];
    for (const [k, probability] of probabilities.entries()) {
      if (next() >= probability) continue;
      const pair = Math.floor(k / types);
      cells.push({ i: Math.floor(pair / length), j: pair % length, r: k % types, probability });
    }
    return cells;
  };
}

function sentenceOf(pairs: PairScorer, sentence: number): PairScorer {
  return { ...pairs, offsets: pairs.offsets.subarray(sentence, sentence + 2) };
}

function joined(lists: readonly Int32Array[]): Int32Array {
  return Int32Array.from(lists.flatMap((list) => [...list]));
}
