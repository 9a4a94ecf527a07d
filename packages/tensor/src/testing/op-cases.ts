import { parameterMatrix } from "../tape/operations/compose.ts";
import { type OperationName, operations } from "../tape/operations/index.ts";
import { lossFactor, type OpCase, opCase, type Rows } from "./op-case.ts";
import {
  backToFront,
  bySentence,
  cell,
  cellWeights,
  columnMeans,
  convolve,
  dropoutMask,
  gruStates,
  logistic,
  lstm,
  mapCells,
  neighbours,
  normalisation,
  normalised,
  normalising,
  oneMatrix,
  onePair,
  pairLoss,
  pairScores,
  plus,
  sentenceNumbers,
  sentenceWeight,
  sideBySide,
  softmax,
  someSpans,
  someWindows,
  sumOverPaths,
  times,
} from "./op-formulas.ts";

const { exp, log, log1p, max, tanh } = Math;

/** Every operation beside its formula on plain arrays. An operation without a case is a type error. */
export const opCases: { readonly [Name in OperationName]: readonly OpCase[] } = {
  linear: [
    opCase({
      matrices: ({ inputs }) => ({ input: inputs }),
      parameters: ({ inputs, width }) => ({ weight: { rows: inputs, columns: width }, bias: { rows: 1, columns: width } }),
      run: (tape, { input }, { weight, bias }) => tape.apply(operations.linear, { input, weight, bias }),
      formula: ({ input }, { weight, bias }) => plus(times(input, weight), bias),
    }),
    opCase({
      matrices: ({ inputs }) => ({ input: inputs }),
      parameters: ({ inputs, width }) => ({ weight: { rows: inputs, columns: width } }),
      run: (tape, { input }, { weight }) => tape.apply(operations.linear, { input, weight }),
      formula: ({ input }, { weight }) => times(input, weight),
    }),
  ],

  bilstm: [
    opCase({
      matrices: ({ inputs }) => ({ input: inputs }),
      parameters: ({ inputs, width }) => ({
        inputF: { rows: inputs, columns: 4 * width, blocks: 4 },
        hiddenF: { rows: width, columns: 4 * width, blocks: 4 },
        biasF: { rows: 1, columns: 4 * width, blocks: 4 },
        inputB: { rows: inputs, columns: 4 * width, blocks: 4 },
        hiddenB: { rows: width, columns: 4 * width, blocks: 4 },
        biasB: { rows: 1, columns: 4 * width, blocks: 4 },
      }),
      run: (tape, { input }, { inputF, hiddenF, biasF, inputB, hiddenB, biasB }, { offsets }) =>
        tape.apply(operations.bilstm, {
          input,
          offsets,
          forward: { input: inputF, hidden: hiddenF, bias: biasF },
          backward: { input: inputB, hidden: hiddenB, bias: biasB },
        }),
      formula: ({ input }, { inputF, hiddenF, biasF, inputB, hiddenB, biasB }, { offsets }) =>
        bySentence(offsets, (start, end) => {
          const words = input.slice(start, end);
          const ahead = lstm(words, inputF, hiddenF, biasF);
          const back = lstm(words.toReversed(), inputB, hiddenB, biasB).toReversed();
          return ahead.map((row, t) => [...row, ...(back[t] ?? [])]);
        }),
    }),
  ],

  gru: [
    opCase({
      matrices: ({ inputs, width }) => ({ input: inputs, hidden: width }),
      parameters: ({ inputs, width }) => ({
        fromInput: { rows: inputs, columns: 3 * width, blocks: 3 },
        fromHidden: { rows: width, columns: 3 * width, blocks: 3 },
        inputBias: { rows: 1, columns: 3 * width, blocks: 3 },
        hiddenBias: { rows: 1, columns: 3 * width, blocks: 3 },
      }),
      run: (tape, { input, hidden }, { fromInput, fromHidden, inputBias, hiddenBias }) =>
        tape.apply(operations.gru, { input, hidden, cell: { input: fromInput, hidden: fromHidden, inputBias, hiddenBias } }),
      formula: ({ input, hidden }, { fromInput, fromHidden, inputBias, hiddenBias }) => {
        const x = plus(times(input, fromInput), inputBias);
        const h = plus(times(hidden, fromHidden), hiddenBias);
        return mapCells(hidden, (state, i, j, width) => {
          const at = (rows: Rows, gate: number) => cell(rows, i, gate * width + j);
          const reset = logistic(at(x, 0) + at(h, 0));
          const update = logistic(at(x, 1) + at(h, 1));
          return (1 - update) * tanh(at(x, 2) + reset * at(h, 2)) + update * state;
        });
      },
    }),
  ],

  interaction: [
    opCase({
      matrices: ({ classes, width }) => ({ input: classes, hidden: width }),
      parameters: ({ classes, width }) => ({
        gatesHidden: { rows: width, columns: 2 * width, blocks: 2 },
        gatesInput: { rows: classes, columns: 2 * width, blocks: 2 },
        freshHidden: { rows: width, columns: width },
        freshInput: { rows: classes, columns: width },
      }),
      run: (tape, { input, hidden }, cell) => tape.apply(operations.interaction, { input, hidden, cell }),
      formula: ({ input, hidden }, { gatesHidden, gatesInput, freshHidden, freshInput }) => {
        const both = hidden.map((row, i) => [...row, ...(input[i] ?? [])]);
        const gates = times(both, [...gatesHidden, ...gatesInput]);
        const kept = mapCells(hidden, (state, i, j, width) => logistic(cell(gates, i, width + j)) * state);
        const keptAndInput = kept.map((row, i) => [...row, ...(input[i] ?? [])]);
        const fresh = times(keptAndInput, [...freshHidden, ...freshInput]);
        return mapCells(hidden, (state, i, j) => {
          const update = logistic(cell(gates, i, j));
          return (1 - update) * state + update * tanh(cell(fresh, i, j));
        });
      },
    }),
  ],

  embed: [
    opCase({
      matrices: () => ({}),
      parameters: ({ width, classes }) => ({
        words: { rows: 5, columns: width, kind: "table" },
        shapes: { rows: 5, columns: classes, kind: "table" },
      }),
      run: (tape, _, { words, shapes }, { ids }) =>
        tape.apply(operations.embed, [
          { table: words, ids },
          { table: shapes, ids: ids.map((id) => 4 - id) },
          { table: words, ids: ids.map((id) => (id + 1) % 5) },
        ]),
      formula: (_, { words, shapes }, { ids }) =>
        Array.from(ids, (id) => [...(words[id] ?? []), ...(shapes[4 - id] ?? []), ...(words[(id + 1) % 5] ?? [])]),
    }),
  ],

  sum: [
    opCase({
      matrices: ({ width }) => ({ x: width, y: width }),
      parameters: () => ({}),
      run: (tape, { x, y }) => tape.apply(operations.sum, [x, y, x]),
      formula: ({ x, y }) => mapCells(x, (value, i, j) => 2 * value + cell(y, i, j)),
    }),
  ],

  maximum: [
    opCase({
      matrices: ({ width }) => ({ x: width, y: width }),
      parameters: () => ({}),
      run: (tape, { x, y }) => tape.apply(operations.maximum, [x, y]),
      formula: ({ x, y }) => mapCells(x, (value, i, j) => max(value, cell(y, i, j))),
    }),
  ],

  dropout: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.dropout, { input: x, rate: 0.4 }),
      formula: ({ x }) => {
        const mask = dropoutMask(x.length, x[0]?.length ?? 0, 0.4);
        return mapCells(x, (value, i, j) => value * cell(mask, i, j));
      },
      positional: true,
    }),
  ],

  batchNorm: [
    opCase({
      ...normalisation(),
      run: (tape, { x }, parameters) => tape.apply(operations.batchNorm, { input: x, ...parameters, ...normalising }),
      formula: ({ x }, { scale, shift }) => {
        const mean = columnMeans(x);
        return normalised(x, mean, columnMeans(mapCells(x, (value, _, j) => (value - cell(mean, 0, j)) ** 2)), scale, shift);
      },
      positional: true,
    }),
    opCase({
      ...normalisation(),
      run: (tape, { x }, parameters) => tape.apply(operations.batchNorm, { input: x, ...parameters, ...normalising }),
      formula: ({ x }, { scale, shift, mean, variance }) => normalised(x, mean, variance, scale, shift),
      training: false,
    }),
  ],

  softmax: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.softmax, x),
      formula: ({ x }) => x.map(softmax),
    }),
  ],

  sigmoid: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.sigmoid, x),
      formula: ({ x }) => mapCells(x, logistic),
    }),
  ],

  tanh: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.tanh, x),
      formula: ({ x }) => mapCells(x, (value) => tanh(value)),
    }),
  ],

  relu: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.relu, x),
      formula: ({ x }) => mapCells(x, (value) => max(value, 0)),
    }),
  ],

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

  compose: [
    opCase({
      matrices: ({ inputs, width }) => ({ x: inputs, y: width }),
      parameters: ({ width }) => ({ table: { rows: 5, columns: width } }),
      run: (tape, { x, y }, { table }, { offsets, ids }) =>
        tape.apply(operations.compose, {
          rows: x.rows,
          columns: x.columns + y.columns + 1,
          terms: [
            { input: x, rows: neighbours(offsets, ids), to: 1 },
            { input: y, to: x.columns + 1 },
            { input: parameterMatrix(tape, table), rows: ids, factor: -0.5, to: x.columns },
            { input: y, from: y.columns - 1, columns: 1 },
          ],
        }),
      formula: ({ x, y }, { table }, { offsets, ids }) => {
        const index = neighbours(offsets, ids);
        return x.map((row, i) => {
          const [left, own] = [x[index[i] ?? -1], y[i] ?? []];
          const learnt = (table[ids[i] ?? 0] ?? []).map((value) => -0.5 * value);
          const output = [0, ...row.map((_, j) => left?.[j] ?? 0), ...own];
          output[0] = own.at(-1) ?? 0;
          for (const [j, value] of learnt.entries()) output[row.length + j] = (output[row.length + j] ?? 0) + value;
          return output;
        });
      },
    }),
  ],

  spanConvolution: [1, 2, 3].flatMap((taps) =>
    [false, true].map((labelled) =>
      opCase({
        matrices: ({ inputs }) => ({ input: inputs }),
        parameters: ({ inputs, width }) => ({
          weight: { rows: inputs, columns: taps * width, blocks: taps },
          labels: { rows: 5, columns: taps * width, blocks: taps },
          bias: { rows: 1, columns: width },
        }),
        run: (tape, { input }, { weight, labels, bias }, { offsets, ids }) =>
          tape.apply(operations.spanConvolution, {
            ...{ input, weight, bias, spans: someSpans(offsets, ids) },
            ...(labelled
              ? { source: backToFront(offsets), labels: { weight: labels, ids: ids.map((id) => id - 1), factor: 1.5 } }
              : {}),
          }),
        formula: ({ input }, { weight, labels, bias }, { offsets, ids }) => {
          const order = labelled ? backToFront(offsets) : Int32Array.from(input.keys());
          const products = times(
            Array.from(order, (row) => input[row] ?? []),
            weight,
          );
          const rows = products.map((row, i) =>
            row.map((value, j) => value + (labelled && (ids[i] ?? 0) > 0 ? 1.5 * cell(labels, (ids[i] ?? 0) - 1, j) : 0)),
          );
          const spans = someSpans(offsets, ids);
          return input.map((_, k) => convolve(rows.slice(spans[2 * k], spans[2 * k + 1]), taps, bias[0] ?? []));
        },
      }),
    ),
  ),

  windowConvolution: [1, 2, 4].flatMap((taps) =>
    [taps !== 2].map((rectified) =>
      opCase({
        matrices: ({ inputs }) => ({ input: inputs }),
        parameters: ({ inputs, width, classes }) => ({
          weight: { rows: inputs, columns: taps * width, blocks: taps },
          marks: { rows: 2, columns: taps * width, blocks: taps },
          mark: { rows: 5, columns: 2 },
          first: { rows: classes, columns: taps * width, blocks: taps },
          second: { rows: classes, columns: taps * width, blocks: taps },
          table: { rows: 5, columns: classes },
          bias: { rows: 1, columns: width },
        }),
        run: (tape, { input }, { weight, marks, mark, first, second, table, bias }, { offsets, ids }) =>
          sideBySide(
            tape,
            tape.apply(operations.windowConvolution, {
              ...{ offsets, bias, windows: someWindows(offsets, ids), rectified },
              parts: [
                { input, weight, rows: backToFront(offsets) },
                { input: parameterMatrix(tape, mark), weight: marks, rows: ids },
              ],
              positions: { table: parameterMatrix(tape, table), first, second },
              pooling: ["max", "mean"],
            }),
          ),
        formula: ({ input }, { weight, marks, mark, first, second, table, bias }, { offsets, ids }) => {
          const back = backToFront(offsets);
          const windows = someWindows(offsets, ids);
          const filters = [...weight, ...marks, ...first, ...second];
          return input.map((_, k) => {
            const [from = 0, to = 0, start = 0, end = 0, one = 0, other = 0] = windows.subarray(6 * k);
            const offset = (p: number, entity: number): number[] => table[Math.min(Math.max(p - entity + 2, 0), 4)] ?? [];
            const seen = (p: number): number[] | undefined =>
              p < start || p >= end
                ? undefined
                : [...(input[back[p] ?? 0] ?? []), ...(mark[ids[p] ?? 0] ?? []), ...offset(p, one), ...offset(p, other)];
            const values = Array.from({ length: Math.max(0, to - from) }, (_, i) =>
              (bias[0] ?? []).map((own, f) => {
                let sum = own;
                for (let t = 0; t < taps; t++) {
                  const column = t * (bias[0]?.length ?? 0) + f;
                  const x = seen(from + i + t - Math.floor((taps - 1) / 2)) ?? [];
                  sum += x.reduce((part, value, d) => part + value * cell(filters, d, column), 0);
                }
                return rectified ? max(0, sum) : sum;
              }),
            );
            const none = values.length === 0;
            const highest = (bias[0] ?? []).map((_, f) => (none ? 0 : max(...values.map((row) => row[f] ?? 0))));
            const mean = (bias[0] ?? []).map((_, f) =>
              none ? 0 : values.reduce((sum, row) => sum + (row[f] ?? 0), 0) / values.length,
            );
            return [...highest, ...mean];
          });
        },
      }),
    ),
  ),

  bigru: [
    opCase({
      matrices: ({ inputs }) => ({ input: inputs }),
      parameters: ({ inputs, width }) => ({
        mark: { rows: 5, columns: 2 },
        markF: { rows: 2, columns: 3 * width, blocks: 3 },
        markB: { rows: 2, columns: 3 * width, blocks: 3 },
        inputF: { rows: inputs, columns: 3 * width, blocks: 3 },
        hiddenF: { rows: width, columns: 3 * width, blocks: 3 },
        inputBiasF: { rows: 1, columns: 3 * width, blocks: 3 },
        hiddenBiasF: { rows: 1, columns: 3 * width, blocks: 3 },
        inputB: { rows: inputs, columns: 3 * width, blocks: 3 },
        hiddenB: { rows: width, columns: 3 * width, blocks: 3 },
        inputBiasB: { rows: 1, columns: 3 * width, blocks: 3 },
        hiddenBiasB: { rows: 1, columns: 3 * width, blocks: 3 },
      }),
      run: (tape, { input }, p, { offsets, ids }) =>
        tape.apply(operations.bigru, {
          parts: [
            { input, rows: backToFront(offsets) },
            { input: parameterMatrix(tape, p.mark), rows: ids },
          ],
          offsets,
          forward: { inputs: [p.inputF, p.markF], hidden: p.hiddenF, inputBias: p.inputBiasF, hiddenBias: p.hiddenBiasF },
          backward: { inputs: [p.inputB, p.markB], hidden: p.hiddenB, inputBias: p.inputBiasB, hiddenBias: p.hiddenBiasB },
        }),
      formula: ({ input }, p, { offsets, ids }) => {
        const places = Array.from(backToFront(offsets), (row, i) => [...(input[row] ?? []), ...(p.mark[ids[i] ?? 0] ?? [])]);
        return bySentence(offsets, (start, end) => {
          const words = places.slice(start, end);
          const ahead = gruStates(words, [...p.inputF, ...p.markF], p.hiddenF, p.inputBiasF, p.hiddenBiasF);
          const back = gruStates(words.toReversed(), [...p.inputB, ...p.markB], p.hiddenB, p.inputBiasB, p.hiddenBiasB);
          return ahead.map((row, t) => [...row, ...(back.toReversed()[t] ?? [])]);
        });
      },
    }),
  ],

  attention: [
    opCase({
      matrices: ({ width }) => ({ scores: 1, values: width }),
      parameters: () => ({}),
      run: (tape, { scores, values }, _, { offsets }) => {
        const seen = tape.apply(operations.attention, { scores, values, offsets });
        const rows = Int32Array.from(sentenceNumbers(offsets));
        return tape.apply(operations.compose, { rows: rows.length, columns: seen.columns, terms: [{ input: seen, rows }] });
      },
      formula: ({ scores, values }, _, { offsets }) =>
        bySentence(offsets, (start, end) => {
          const weights = softmax(scores.slice(start, end).map((row) => row[0] ?? 0));
          const rows = values.slice(start, end);
          return rows.map(() => (rows[0] ?? []).map((_, j) => weights.reduce((sum, w, i) => sum + w * cell(rows, i, j), 0)));
        }),
    }),
  ],

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

  pairLoss: [false, true].map((diagonal) =>
    opCase({
      ...onePair(),
      run: (tape, { a, b }, { weight, bias }, { offsets, triples }) =>
        tape.apply(operations.pairLoss, { a, b, weight, bias, offsets, diagonal, gold: triples, factor: lossFactor }),
      formula: ({ a, b }, { weight, bias }, facts) => pairLoss(a, b, weight, bias, facts, diagonal),
    }),
  ),
};
