import { parameterMatrix } from "../../tape/operations/compose.ts";
import * as operations from "../../tape/operations/index.ts";
import { opCase } from "../op-case.ts";
import {
  bySentence,
  cell,
  columnMeans,
  mapCells,
  neighbours,
  normalisation,
  normalised,
  normalising,
  plus,
  sentenceNumbers,
  softmax,
  times,
} from "../op-formulas.ts";

export const rowCases = {
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
    // Rows 3 and 4 belong to no parameter, and so get no gradient.
    opCase({
      matrices: () => ({}),
      parameters: ({ width, classes }) => ({
        words: { rows: 3, columns: width, kind: "table" },
        shapes: { rows: 5, columns: classes, kind: "table" },
      }),
      run: (tape, _, { words, shapes }, { ids }) =>
        tape.apply(operations.embed, [
          { table: shapes, ids },
          { table: words, ids, fixed: { count: 2, read: (row, into) => void into.fill(row + 0.5) } },
        ]),
      formula: (_, { words, shapes }, { ids }) =>
        Array.from(ids, (id) => [...(shapes[id] ?? []), ...(words[id] ?? (words[0] ?? []).map(() => id - 2.5))]),
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

  layerNorm: [
    opCase({
      matrices: ({ width }) => ({ x: width }),
      parameters: ({ width }) => ({ scale: { rows: 1, columns: width }, shift: { rows: 1, columns: width } }),
      run: (tape, { x }, { scale, shift }) => tape.apply(operations.layerNorm, { input: x, scale, shift, epsilon: 0.1 }),
      formula: ({ x }, { scale, shift }) =>
        x.map((row) => {
          const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
          const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
          const normal = row.map((value) => (value - mean) / Math.sqrt(variance + 0.1));
          return normal.map((value, j) => cell(scale, 0, j) * value + cell(shift, 0, j));
        }),
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
};
