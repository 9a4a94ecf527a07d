import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors.ts";
import { checkedKernels } from "../../kernels/checked-kernels.ts";
import { Arena } from "../../memory/arena.ts";
import { Engine } from "../../tensor/engine.ts";
import { normal, ParameterStore, pad } from "../../tensor/parameter-store.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../tape.ts";
import { pickRows } from "./compose.ts";
import { type PairScorer, pairMax, pairMaxOf, pairProbabilities, predictPairs } from "./pairs.ts";

const [features, classes] = [6, 5];

describe.each(["plain", "baseline"] as const)("pairs with %s kernels", (build) => {
  const engine = Engine.create({ build, wrap: checkedKernels });
  const arena = new Arena(engine.heap);
  const store = new ParameterStore(engine.heap, { seed: 1 });
  const weight = store.add("weight", features, classes, normal(1));
  const bias = store.add("bias", 1, classes, normal(1));

  function drawScorer(lengths: number[], diagonal: boolean): { tape: Tape; scorer: PairScorer; a: number[]; b: number[] } {
    arena.reset();
    const tape = new Tape(engine, arena);
    const offsets = new Int32Array(lengths.length + 1);
    for (const [s, length] of lengths.entries()) offsets[s + 1] = (offsets[s] ?? 0) + length;
    const total = offsets.at(-1) ?? 0;
    const random = Random.of(4711);
    const [a, b] = [0, 1].map(() => Array.from({ length: total * features }, () => Math.fround(random.normal()))) as [
      number[],
      number[],
    ];
    const [aMatrix, bMatrix] = [a, b].map((values) => {
      const matrix = tape.matrix(total, features);
      pad(engine.heap, matrix.at, matrix, values);
      return matrix;
    }) as [PairScorer["a"], PairScorer["b"]];
    return { tape, scorer: { a: aMatrix, b: bMatrix, weight, bias, offsets, diagonal }, a, b };
  }

  function probability(a: number[], b: number[], i: number, j: number, r: number): number {
    const w = store.read(weight);
    let score = store.read(bias)[r] ?? 0;
    for (let d = 0; d < features; d++) {
      score += Math.max((a[i * features + d] ?? 0) + (b[j * features + d] ?? 0), 0) * (w[d * classes + r] ?? 0);
    }
    return 1 / (1 + Math.exp(-score));
  }

  test.each([true, false])("probabilities are those of the formula, diagonal: %s", (diagonal) => {
    const { tape, scorer, a, b } = drawScorer([2, 4, 0], diagonal);
    const got = pairProbabilities(tape, scorer, 1);
    expect(got.length).toBe(4 * 4 * classes);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        for (let r = 0; r < classes; r++) {
          const expected = i === j && !diagonal ? 0 : probability(a, b, 2 + i, 2 + j, r);
          expect(got[(i * 4 + j) * classes + r]).toBeCloseTo(expected, 5);
        }
      }
    }
    expect(pairProbabilities(tape, scorer, 2).length).toBe(0);
  });

  test.each([true, false])("every cell that reaches its threshold is found, in order, diagonal: %s", (diagonal) => {
    const lengths = [3, 0, 1, 9];
    const { tape, scorer, a, b } = drawScorer(lengths, diagonal);
    const thresholds = [0.5, 0.1, 0.9, 0, 1];
    const found = predictPairs(tape, scorer, thresholds);
    expect(found.length).toBe(lengths.length);
    for (const [s, n] of lengths.entries()) {
      const start = scorer.offsets[s] ?? 0;
      const expected: unknown[] = [];
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let r = 0; r < classes; r++) {
            const p = probability(a, b, start + i, start + j, r);
            if ((i === j && !diagonal) || p < (thresholds[r] ?? 0)) continue;
            expected.push({ i, j, r, probability: expect.closeTo(p, 5) });
          }
        }
      }
      expect(found[s]).toEqual(expected);
    }
    // More than the room that is tried first.
    expect(found[3]?.length).toBeGreaterThan(64);
  });

  test.each([true, false])("the maxima of some words are those of all, bit by bit, diagonal: %s", (diagonal) => {
    const { tape, scorer } = drawScorer([1, 0, 5, 9, 2], diagonal);
    const rows = Int32Array.of(0, 2, 5, 6, 10, 13);
    const words = { rows, places: Int32Array.of(0, 1, 4, 0, 4, 7), offsets: Int32Array.of(0, 1, 1, 3, 6, 6) };
    const all = tape.read(tape.apply(pairMax, scorer));
    const some = tape.read(pairMaxOf(tape, { ...scorer, a: pickRows(tape, scorer.a, rows) }, words));
    expect(some).toEqual(Float32Array.from([...rows].flatMap((row) => [...all.subarray(row * classes, (row + 1) * classes)])));
    expect(() => pairMaxOf(tape, scorer, words)).toThrow(/\[17, 6\] are not the terms of 6 words/);
  });

  test("scorers that do not fit together are refused with their shapes", () => {
    const { tape, scorer } = drawScorer([2], true);
    const narrow = { ...scorer, b: tape.matrix(2, features - 1) };
    expect(() => predictPairs(tape, narrow, [])).toThrow(ShapeError);
    expect(() => predictPairs(tape, narrow, [])).toThrow(/pairs of \[2, 6\] and \[2, 5\] do not fit weight \[6, 5\]/);
  });
});
