import * as operations from "../../tape/operations/index.ts";
import { lossFactor, opCase } from "../op-case.ts";
import { bySentence, cellWeights, logistic, onePair, pairLoss, pairScores } from "../op-formulas.ts";

const { max } = Math;

export const pairCases = {
  pairMax: [false, true].map((diagonal) =>
    opCase({
      ...onePair(),
      run: (tape, { a, b }, { weight, bias }, { offsets }) =>
        tape.apply(operations.pairMax, { a, b, weight, bias, offsets, diagonal }),
      formula: ({ a, b }, { weight, bias }, { offsets }) =>
        bySentence(offsets, (start, end) =>
          Array.from({ length: end - start }, (_, i) => {
            const others = Array.from({ length: end - start }, (_, j) => j).filter((j) => diagonal || j !== i);
            const scores = others.map((j) => pairScores(a[start + i], b[start + j], weight, bias));
            return (bias[0] ?? []).map((_, r) => max(0, ...scores.map((row) => logistic(row[r] ?? 0))));
          }),
        ),
    }),
  ),

  pairSum: [
    opCase({
      ...onePair(),
      run: (tape, { a, b }, { weight, bias }, { offsets, triples }) =>
        tape.apply(operations.pairSum, {
          a,
          b,
          weight,
          bias,
          offsets,
          diagonal: true,
          cells: triples,
          weights: cellWeights(triples),
          factor: lossFactor,
        }),
      formula: ({ a, b }, { weight, bias }, { offsets, triples }) => {
        const weights = cellWeights(triples);
        let total = 0;
        for (const [s, cells] of triples.entries()) {
          for (let k = 0; k < cells.length; k += 3) {
            const [i = 0, j = 0, r = 0] = cells.subarray(k, k + 3);
            const start = offsets[s] ?? 0;
            total += (weights[s]?.[k / 3] ?? 0) * (pairScores(a[start + i], b[start + j], weight, bias)[r] ?? 0);
          }
        }
        return total;
      },
    }),
  ],

  pairLoss: [false, true].map((diagonal) =>
    opCase({
      ...onePair(),
      run: (tape, { a, b }, { weight, bias }, { offsets, triples }) =>
        tape.apply(operations.pairLoss, { a, b, weight, bias, offsets, diagonal, gold: triples, factor: lossFactor }),
      formula: ({ a, b }, { weight, bias }, facts) => pairLoss(a, b, weight, bias, facts, diagonal),
    }),
  ),
};
