import { Arena } from "../memory/arena.ts";
import { type OperationName, operations } from "../tape/operations/index.ts";
import { Tape } from "../tape/tape.ts";
import { Engine } from "../tensor/engine.ts";
import { type Facts, lossFactor, type OpCase, opCase, type Rows, type Sizes, tapeSeed } from "./op-case.ts";

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

function onePair() {
  return {
    matrices: ({ width }: Sizes) => ({ a: width, b: width }),
    parameters: ({ width, classes }: Sizes) => ({
      weight: { rows: width, columns: classes },
      bias: { rows: 1, columns: classes },
    }),
  };
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
