import * as operations from "../../tape/operations/index.ts";
import { opCase } from "../op-case.ts";
import { cell, dropoutMask, logistic, mapCells, normalShare, oneMatrix, softmax } from "../op-formulas.ts";

const { max, tanh } = Math;

export const elementwiseCases = {
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

  gelu: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.gelu, x),
      formula: ({ x }) => mapCells(x, (value) => value * normalShare(value)),
    }),
  ],

  relu: [
    opCase({
      ...oneMatrix(),
      run: (tape, { x }) => tape.apply(operations.relu, x),
      formula: ({ x }) => mapCells(x, (value) => max(value, 0)),
    }),
  ],
};
