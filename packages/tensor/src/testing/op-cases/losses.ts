import * as operations from "../../tape/operations/index.ts";
import { lossFactor, opCase } from "../op-case.ts";
import { sentenceWeight, softmax, sumOverPaths } from "../op-formulas.ts";

const { exp, log, log1p, max } = Math;

export const lossCases = {
  softmaxLoss: [false, true].map((weighted) =>
    opCase({
      matrices: ({ classes }) => ({ scores: classes }),
      parameters: () => ({}),
      run: (tape, { scores }, _, { gold, weights }) =>
        tape.apply(operations.softmaxLoss, { scores, gold, weights: weighted ? weights : undefined, factor: lossFactor }),
      formula: ({ scores }, _, { gold, weights }) =>
        scores.reduce((total, row, i) => {
          const right = gold[i] ?? -1;
          return right < 0 ? total : total - (weighted ? (weights[i] ?? 0) : 1) * log(softmax(row)[right] ?? 0);
        }, 0),
    }),
  ),

  rankingLoss: [false, true].map((spare) =>
    opCase({
      matrices: ({ classes }) => ({ scores: classes + (spare ? 1 : 0) }),
      parameters: () => ({}),
      run: (tape, { scores }, _, { gold }) =>
        tape.apply(operations.rankingLoss, {
          ...{ scores, gold, positiveMargin: 1.5, negativeMargin: 0.5, scale: 2, factor: lossFactor },
          classes: spare ? scores.columns - 1 : undefined,
        }),
      formula: ({ scores }, _, { gold }) =>
        scores.reduce((total, row, i) => {
          const right = gold[i] ?? -1;
          const classes = spare ? row.slice(0, -1) : row;
          const wrong = classes.filter((_, j) => j !== right);
          const positive = right < 0 ? 0 : log1p(exp(2 * (1.5 - (row[right] ?? 0))));
          return total + positive + (wrong.length === 0 ? 0 : log1p(exp(2 * (0.5 + max(...wrong)))));
        }, 0),
    }),
  ),

  crfLoss: [false, true].map((weighted) =>
    opCase({
      matrices: ({ classes }) => ({ scores: classes }),
      parameters: ({ classes }) => ({
        transitions: { rows: classes, columns: classes },
        start: { rows: 1, columns: classes },
        end: { rows: 1, columns: classes },
      }),
      run: (tape, { scores }, chain, { offsets, gold, triples }) => {
        const weights = weighted ? Float32Array.from(triples, sentenceWeight) : undefined;
        return tape.apply(operations.crfLoss, { scores, chain, offsets, gold, weights, factor: lossFactor });
      },
      formula: ({ scores }, { transitions, start, end }, { offsets, gold, triples }) => {
        let total = 0;
        for (let s = 0; s + 1 < offsets.length; s++) {
          const rows = scores.slice(offsets[s], offsets[s + 1]);
          const right = gold.subarray(offsets[s], offsets[s + 1]);
          const all = sumOverPaths(rows, transitions, start[0] ?? [], end[0] ?? [], () => true);
          const some = sumOverPaths(rows, transitions, start[0] ?? [], end[0] ?? [], (i, t) => right[i] === -1 || right[i] === t);
          total += (weighted ? sentenceWeight(triples[s] ?? new Int32Array(0)) : 1) * log(all / some);
        }
        return total;
      },
    }),
  ),
};
