import { Arena } from "../memory/arena.ts";
import { parameterMatrix } from "../tape/operations/compose.ts";
import { type OperationName, operations } from "../tape/operations/index.ts";
import { Tape } from "../tape/tape.ts";
import { Engine } from "../tensor/engine.ts";
import type { Matrix } from "../tensor/matrix.ts";
import { type Facts, lossFactor, type OpCase, opCase, type Rows, type Sizes, tapeSeed } from "./op-case.ts";

const { exp, log, log1p, max, tanh } = Math;

/** An ε above the square root's reach: drawn variances are any numbers, some of them below zero. */
const normalising = { momentum: 0.9, epsilon: 9 };

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

function oneMatrix() {
  return { matrices: ({ width }: Sizes) => ({ x: width }), parameters: () => ({}) };
}

function normalisation() {
  return {
    ...oneMatrix(),
    parameters: ({ width }: Sizes) => ({
      scale: { rows: 1, columns: width },
      shift: { rows: 1, columns: width },
      mean: { rows: 1, columns: width, kind: "running" as const },
      variance: { rows: 1, columns: width, kind: "running" as const },
    }),
  };
}

function onePair() {
  return {
    matrices: ({ width }: Sizes) => ({ a: width, b: width }),
    parameters: ({ width, classes }: Sizes) => ({
      weight: { rows: width, columns: classes },
      bias: { rows: 1, columns: classes },
    }),
  };
}

/** For each word its neighbour on one side, or none. */
function neighbours(offsets: Int32Array, ids: Int32Array): Int32Array {
  return ids.map((id, i) => {
    const s = offsets.findIndex((start, k) => start <= i && (offsets[k + 1] ?? 0) > i);
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    const found = id < 2 ? i - 1 : i + 1;
    return found >= start && found < end ? found : -1;
  });
}

/** The words of each sentence in reverse. */
function backToFront(offsets: Int32Array): Int32Array {
  const order: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let i = (offsets[s + 1] ?? 0) - 1; i >= (offsets[s] ?? 0); i--) order.push(i);
  }
  return Int32Array.from(order);
}

/** One span a word: empty ones, short ones, and some that overlap. */
function someSpans(offsets: Int32Array, ids: Int32Array): Int32Array {
  const spans: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    for (let i = start; i < end; i++) {
      const id = ids[i] ?? 0;
      if (id === 0) spans.push(i, i);
      else if (id < 3) spans.push(i, Math.min(end, i + id));
      else spans.push(start, i + 1);
    }
  }
  return Int32Array.from(spans);
}

/** One window a word: what it pools, what it sees, and two words of the sentence. */
function someWindows(offsets: Int32Array, ids: Int32Array): Int32Array {
  const windows: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    for (let i = start; i < end; i++) {
      const id = ids[i] ?? 0;
      const other = start + ((i - start + id) % (end - start));
      const [from, to] = [Math.min(i, other), Math.max(i, other) + 1];
      if (id === 0) windows.push(i, i, start, end, i, other);
      else if (id === 1) windows.push(from, to, from, to, i, other);
      else if (id === 2) windows.push(from, to, start, end, other, i);
      else windows.push(start, end, start, end, i, other);
    }
  }
  return Int32Array.from(windows);
}

function sentenceNumbers(offsets: Int32Array): number[] {
  return Array.from(offsets.subarray(1)).flatMap((end, s) => new Array<number>(end - (offsets[s] ?? 0)).fill(s));
}

function sideBySide(tape: Tape, parts: readonly Matrix[]): Matrix {
  const { rows, columns } = parts.at(0) as Matrix;
  const terms = parts.map((input, k) => ({ input, to: k * columns }));
  return tape.apply(operations.compose, { rows, columns: parts.length * columns, terms });
}

function gruStates(words: Rows, input: Rows, hidden: Rows, inputBias: Rows, hiddenBias: Rows): Rows {
  const width = hidden.length;
  let h = new Array<number>(width).fill(0);
  return words.map((word) => {
    const x = plus(times([word], input), inputBias)[0] ?? [];
    const u = plus(times([h], hidden), hiddenBias)[0] ?? [];
    h = h.map((state, j) => {
      const gate = (k: number): number => logistic((x[k * width + j] ?? 0) + (u[k * width + j] ?? 0));
      const fresh = tanh((x[2 * width + j] ?? 0) + gate(0) * (u[2 * width + j] ?? 0));
      return (1 - gate(1)) * fresh + gate(1) * state;
    });
    return h;
  });
}

/** One span: windows over its rows, padded by zeros. @param rows products, tap by tap side by side */
function convolve(rows: Rows, taps: number, bias: readonly number[]): number[] {
  const width = bias.length;
  const length = max(rows.length, 1);
  const windows = Array.from({ length: length + taps - 1 }, (_, k) => k - taps + 1);
  return bias.map((own, f) => {
    const sums = windows.map((p) =>
      Array.from({ length: taps }, (_, t) => rows[p + t]?.[t * width + f] ?? 0).reduce((sum, value) => sum + value, own),
    );
    return max(0, ...sums);
  });
}

/** A factor for each cell that depends on the cell alone. */
function cellWeights(triples: readonly Int32Array[]): Float64Array[] {
  return triples.map((cells) =>
    Float64Array.from({ length: cells.length / 3 }, (_, k) => ((cells[3 * k] ?? 0) + 2 * (cells[3 * k + 2] ?? 0)) / 4 - 0.5),
  );
}

function sentenceWeight(triples: Int32Array): number {
  return 0.5 + (triples.length % 4);
}

/** Σ over all paths of e^score, path by path in the sense of the definition: one product a step. */
function sumOverPaths(
  rows: Rows,
  transitions: Rows,
  start: readonly number[],
  end: readonly number[],
  allowed: (i: number, t: number) => boolean,
): number {
  if (rows.length === 0) return 1;
  let weights = start.map((value, t) => (allowed(0, t) ? exp(value + (rows[0]?.[t] ?? 0)) : 0));
  for (let i = 1; i < rows.length; i++) {
    weights = weights.map((_, t) =>
      allowed(i, t)
        ? weights.reduce((sum, weight, u) => sum + weight * exp(cell(transitions, u, t) + (rows[i]?.[t] ?? 0)), 0)
        : 0,
    );
  }
  return weights.reduce((sum, weight, t) => sum + weight * exp(end[t] ?? 0), 0);
}

function logistic(x: number): number {
  return 1 / (1 + exp(-x));
}

function softmax(row: readonly number[]): number[] {
  const powers = row.map((value) => exp(value));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function cell(rows: Rows, i: number, j: number): number {
  return rows[i]?.[j] ?? Number.NaN;
}

function mapCells(rows: Rows, change: (value: number, i: number, j: number, width: number) => number): Rows {
  return rows.map((row, i) => row.map((value, j) => change(value, i, j, row.length)));
}

function times(x: Rows, w: Rows): Rows {
  return x.map((row) => (w[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * cell(w, k, j), 0)));
}

function plus(x: Rows, bias: Rows): Rows {
  return mapCells(x, (value, _, j) => value + cell(bias, 0, j));
}

function bySentence(offsets: Int32Array, rows: (start: number, end: number) => Rows): Rows {
  return Array.from({ length: offsets.length - 1 }, (_, s) => rows(offsets[s] ?? 0, offsets[s + 1] ?? 0)).flat();
}

function columnMeans(x: Rows): Rows {
  return [(x[0] ?? []).map((_, j) => x.reduce((sum, row) => sum + (row[j] ?? 0), 0) / x.length)];
}

function normalised(x: Rows, mean: Rows, variance: Rows, scale: Rows, shift: Rows): Rows {
  return mapCells(x, (value, i, j) => {
    const deviation = Math.sqrt(cell(variance, 0, j) + normalising.epsilon);
    return (cell(scale, 0, j) * (value - cell(mean, 0, j))) / deviation + cell(shift, 0, j);
  });
}

function lstm(words: Rows, input: Rows, hidden: Rows, bias: Rows): Rows {
  const width = hidden.length;
  let h = new Array<number>(width).fill(0);
  let c = h;
  return words.map((word) => {
    const fromWord = times([word], input)[0] ?? [];
    const fromState = times([h], hidden)[0] ?? [];
    const gate = (k: number, j: number) =>
      (fromWord[k * width + j] ?? 0) + (fromState[k * width + j] ?? 0) + cell(bias, 0, k * width + j);
    c = c.map((state, j) => logistic(gate(1, j)) * state + logistic(gate(0, j)) * tanh(gate(2, j)));
    h = c.map((state, j) => logistic(gate(3, j)) * tanh(state));
    return h;
  });
}

function pairScores(a: number[] = [], b: number[] = [], weight: Rows, bias: Rows): number[] {
  const joined = a.map((value, d) => max(value + (b[d] ?? 0), 0));
  return plus(times([joined], weight), bias)[0] ?? [];
}

function pairLoss(a: Rows, b: Rows, weight: Rows, bias: Rows, facts: Facts, diagonal: boolean): number {
  let total = 0;
  for (const [s, gold] of facts.triples.entries()) {
    const [start, end] = [facts.offsets[s] ?? 0, facts.offsets[s + 1] ?? 0];
    const right = new Set<string>();
    for (let k = 0; k < gold.length; k += 3) right.add(gold.subarray(k, k + 3).join());
    for (let i = 0; i < end - start; i++) {
      for (let j = 0; j < end - start; j++) {
        if (i === j && !diagonal) continue;
        for (const [r, score] of pairScores(a[start + i], b[start + j], weight, bias).entries()) {
          total += log1p(exp(right.has([i, j, r].join()) ? -score : score));
        }
      }
    }
  }
  return total;
}

const engine = Engine.create({ build: "plain" });
const arena = new Arena(engine.heap, 2 ** 14);

/** The factors that a tape of this seed draws first: what it makes of ones. */
function dropoutMask(rows: number, columns: number, rate: number): Rows {
  arena.reset();
  const tape = new Tape(engine, arena, { training: true, seed: tapeSeed });
  const ones = tape.matrix(rows, columns);
  engine.heap.floats(ones.at, rows * ones.stride).fill(1);
  const mask = tape.read(tape.apply(operations.dropout, { input: ones, rate }));
  return Array.from({ length: rows }, (_, i) => Array.from(mask.subarray(i * columns, (i + 1) * columns)));
}
