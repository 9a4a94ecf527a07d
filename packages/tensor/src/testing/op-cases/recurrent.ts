import { parameterMatrix } from "../../tape/operations/compose.ts";
import * as operations from "../../tape/operations/index.ts";
import { opCase, type Rows } from "../op-case.ts";
import { backToFront, bySentence, cell, gruStates, logistic, lstm, mapCells, plus, times } from "../op-formulas.ts";

const { tanh } = Math;

const bothDirections = (inputs: number, width: number) => ({
  inputF: { rows: inputs, columns: 4 * width, blocks: 4 },
  hiddenF: { rows: width, columns: 4 * width, blocks: 4 },
  biasF: { rows: 1, columns: 4 * width, blocks: 4 },
  inputB: { rows: inputs, columns: 4 * width, blocks: 4 },
  hiddenB: { rows: width, columns: 4 * width, blocks: 4 },
  biasB: { rows: 1, columns: 4 * width, blocks: 4 },
});

export const recurrentCases = {
  bilstm: [
    opCase({
      matrices: ({ inputs }) => ({ input: inputs }),
      parameters: ({ inputs, width }) => bothDirections(inputs, width),
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
    opCase({
      matrices: () => ({}),
      parameters: ({ width }) => ({
        // Words that come more than once.
        words: { rows: 5, columns: 3 },
        ...bothDirections(3, width),
      }),
      run: (tape, _, { words, inputF, hiddenF, biasF, inputB, hiddenB, biasB }, { offsets, ids }) =>
        tape.apply(operations.bilstm, {
          input: parameterMatrix(tape, words),
          rows: ids,
          offsets,
          forward: { input: inputF, hidden: hiddenF, bias: biasF },
          backward: { input: inputB, hidden: hiddenB, bias: biasB },
        }),
      formula: (_, { words, inputF, hiddenF, biasF, inputB, hiddenB, biasB }, { offsets, ids }) =>
        bySentence(offsets, (start, end) => {
          const read = Array.from(ids.subarray(start, end), (id) => words[id] ?? []);
          const ahead = lstm(read, inputF, hiddenF, biasF);
          const back = lstm(read.toReversed(), inputB, hiddenB, biasB).toReversed();
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
};
