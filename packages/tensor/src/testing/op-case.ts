import { checkedKernels } from "../kernels/checked-kernels.ts";
import { Arena } from "../memory/arena.ts";
import { Tape } from "../tape/tape.ts";
import { Engine } from "../tensor/engine.ts";
import type { Matrix } from "../tensor/matrix.ts";
import { type Parameter, type ParameterForm, ParameterStore, pad, unpad, zeros } from "../tensor/parameter-store.ts";
import type { Random } from "../tensor/random.ts";

/** The sizes of one batch in the suite of operations. */
export interface Sizes {
  /** Words of each sentence. */
  readonly lengths: readonly number[];
  readonly inputs: number;
  readonly width: number;
  readonly classes: number;
}

/** A matrix as plain rows of numbers. */
export type Rows = number[][];

/** Facts about a batch that an operation may need in addition to its matrices. */
export interface Facts {
  readonly offsets: Int32Array;
  /** One row of a table for each word, 0 to 4. */
  readonly ids: Int32Array;
  /** A class for each word, or −1. */
  readonly gold: Int32Array;
  readonly weights: Float32Array;
  /** For each sentence triples (i, j, class), sorted. */
  readonly triples: readonly Int32Array[];
}

/** Factor of losses in the objective. */
export const lossFactor = 0.7;
/** The seed of dropout on the tapes of the suite. */
export const tapeSeed = 17;

/**
 * An operation with its formula. Every matrix has one row per word; M and P name the matrices and
 * the parameters.
 */
export interface OpCase<M extends string = string, P extends string = string> {
  /** Columns of each matrix. */
  matrices(sizes: Sizes): Record<M, number>;
  parameters(sizes: Sizes): Record<P, ParameterShape>;
  run(tape: Tape, matrices: Record<M, Matrix>, parameters: Record<P, Parameter>, facts: Facts): Matrix | number;
  /** The same on plain arrays, as the paper writes it. */
  formula(matrices: Record<M, Rows>, parameters: Record<P, Rows>, facts: Facts): Rows | number;
  /**
   * Whether a row's result depends on its place in the batch, or on the other rows; defaults to
   * false.
   */
  readonly positional?: boolean;
  /** Whether the tape trains; defaults to true. */
  readonly training?: boolean;
}

/** Returns the case, with its names of matrices and parameters type-checked against each other. */
export function opCase<M extends string, P extends string>(operation: OpCase<M, P>): OpCase {
  return operation;
}

interface ParameterShape extends ParameterForm {
  readonly rows: number;
  readonly columns: number;
}

/**
 * One batch: values of all matrices and parameters, and the functional of the output whose gradient
 * is taken.
 */
export interface Drawn {
  readonly shapes: Record<string, ParameterShape>;
  readonly matrices: Record<string, Rows>;
  readonly columns: Record<string, number>;
  readonly parameters: Record<string, Rows>;
  readonly facts: Facts;
  /** Factors of the output's cells in the objective; wide enough for every operation. */
  readonly functional: Rows;
}

export function draw(operation: OpCase, sizes: Sizes, random: Random): Drawn {
  const total = sizes.lengths.reduce((sum, length) => sum + length, 0);
  const rows = (count: number, columns: number) =>
    Array.from({ length: count }, () => Array.from({ length: columns }, () => Math.fround(random.normal())));
  const shapes = operation.parameters(sizes);
  const matrices = Object.entries(operation.matrices(sizes)).map(([name, columns]) => [name, rows(total, columns)]);
  const parameters = Object.entries(shapes).map(([name, shape]) => [name, rows(shape.rows, shape.columns)]);
  const offsets = new Int32Array(sizes.lengths.length + 1);
  for (const [s, length] of sizes.lengths.entries()) offsets[s + 1] = (offsets[s] ?? 0) + length;
  const facts = {
    offsets,
    ids: Int32Array.from({ length: total }, () => random.integer(5)),
    gold: Int32Array.from({ length: total }, () => random.integer(sizes.classes + 1) - 1),
    weights: Float32Array.from({ length: total }, () => random.next() * 2),
    triples: sizes.lengths.map((length) => triples(random, length, sizes.classes)),
  };
  const widest = 3 * (sizes.inputs + sizes.width + sizes.classes);
  return {
    shapes,
    columns: operation.matrices(sizes),
    matrices: Object.fromEntries(matrices),
    parameters: Object.fromEntries(parameters),
    facts,
    functional: rows(total, widest),
  };
}

function triples(random: Random, length: number, classes: number): Int32Array {
  const cells: number[] = [];
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) {
      for (let r = 0; r < classes; r++) if (random.next() < 0.2) cells.push(i, j, r);
    }
  }
  return Int32Array.from(cells);
}

/** Splits the batch into its sentences. */
export function sentencesOf(drawn: Drawn): Drawn[] {
  const { offsets, ids, gold, weights, triples } = drawn.facts;
  return Array.from({ length: offsets.length - 1 }, (_, s) => {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    return {
      ...drawn,
      matrices: Object.fromEntries(Object.entries(drawn.matrices).map(([name, rows]) => [name, rows.slice(start, end)])),
      functional: drawn.functional.slice(start, end),
      facts: {
        offsets: Int32Array.of(0, end - start),
        ids: ids.slice(start, end),
        gold: gold.slice(start, end),
        weights: weights.slice(start, end),
        triples: triples.slice(s, s + 1),
      },
    };
  });
}

/** The number whose gradient is taken: a loss with its factor, or the functional of the output. */
export function objective(operation: OpCase, drawn: Drawn): number {
  const output = operation.formula(drawn.matrices, drawn.parameters, drawn.facts);
  if (typeof output === "number") return lossFactor * output;
  return output.reduce(
    (total, row, i) => total + row.reduce((sum, value, j) => sum + value * (drawn.functional[i]?.[j] ?? Number.NaN), 0),
    0,
  );
}

export interface Outcome {
  readonly output: Rows | number;
  readonly matrixGradients: Record<string, Rows>;
  readonly parameterGradients: Record<string, Rows>;
  /** The names of matrices, gradients and parameters with something in their padding. */
  readonly dirtyPadding: string[];
  readonly lowMemoryChanged: boolean;
}

interface ExecuteOptions {
  readonly build: "plain" | "baseline";
  readonly recording?: boolean;
  /** Whether gradients hold something beforehand; the outcome subtracts it again. */
  readonly prefill?: boolean;
  /** The name of a matrix that keeps no gradient. */
  readonly frozen?: string;
}

// One memory for many runs, because a runtime reserves gigabytes of addresses for each; a new one
// now and then, because a heap only grows.
const engines = new Map<string, Engine>();
const largestHeap = 2 ** 26;

function engineOf(build: ExecuteOptions["build"]): Engine {
  const known = engines.get(build);
  if (known !== undefined && known.heap.memory.buffer.byteLength < largestHeap) return known;
  const engine = Engine.create({ build, wrap: checkedKernels });
  engines.set(build, engine);
  return engine;
}

/** Runs the operation on a tape, forward and backward, on memory that held NaN everywhere. */
export function execute(operation: OpCase, drawn: Drawn, options: ExecuteOptions): Outcome {
  const { build, recording = true, prefill = false, frozen } = options;
  const engine = engineOf(build);
  const { heap } = engine;

  const store = new ParameterStore(heap, { seed: 1 });
  for (const [name, shape] of Object.entries(drawn.shapes)) {
    const parameter = store.add(name, shape.rows, shape.columns, zeros, shape);
    store.write(parameter, drawn.parameters[name]?.flat() ?? []);
  }
  engine.refreshTransposed(store);
  const arena = spoiltArena(engine);
  const dense = heap.allocate(store.denseSize * 4);
  const { training = true } = operation;
  const tape = new Tape(engine, arena, { gradients: recording ? { dense } : undefined, training, seed: tapeSeed });

  const matrices: Record<string, Matrix> = {};
  for (const [name, rows] of Object.entries(drawn.matrices)) {
    const matrix = tape.matrix(rows.length, drawn.columns[name] ?? 0, { grad: name !== frozen });
    pad(heap, matrix.at, matrix, rows.flat());
    matrices[name] = matrix;
  }
  const parameters = Object.fromEntries(store.layout.map((parameter) => [parameter.name, parameter]));
  const gradientsAt = new Map<string, Shape>();
  for (const [name, matrix] of Object.entries(matrices)) {
    if (matrix.grad !== 0) gradientsAt.set(name, { ...matrix, blocks: 1, at: matrix.grad });
  }
  for (const parameter of store.layout) {
    if (recording && parameter.kind === "dense")
      gradientsAt.set(parameter.name, { ...parameter, at: tape.gradientOf(parameter) });
  }
  const before = prefill ? 0.5 : 0;
  for (const shape of gradientsAt.values()) pad(heap, shape.at, shape, new Array(shape.rows * shape.columns).fill(before));
  const low = heap.u8.slice(0, 1024);

  const result = operation.run(tape, matrices, parameters, drawn.facts);
  if (recording && typeof result !== "number" && result.grad !== 0) {
    const cells = drawn.functional.flatMap((row) => row.slice(0, result.columns));
    const shape = { ...result, at: result.grad };
    const sum = unpad(heap, shape.at, shape).map((value, k) => value + (cells[k] ?? 0));
    pad(heap, shape.at, shape, sum);
  }
  tape.backward();

  const dirtyPadding: string[] = [];
  const take = (name: string, shape: Shape) => {
    const cells = unpad(heap, shape.at, shape);
    pad(heap, shape.at, shape, new Float32Array(cells.length));
    if (heap.floats(shape.at, shape.rows * shape.stride).some((value) => value !== 0)) dirtyPadding.push(name);
    return split(cells, shape.columns);
  };
  const less = (rows: Rows) => rows.map((row) => row.map((value) => value - before));
  const output = typeof result === "number" ? result : take("output", result);
  const matrixGradients: Record<string, Rows> = {};
  const parameterGradients: Record<string, Rows> = {};
  for (const [name, shape] of gradientsAt)
    (matrices[name] === undefined ? parameterGradients : matrixGradients)[name] = less(take(name, shape));
  for (const { parameter, ids, at } of tape.rowGradients) {
    const { name, rows, columns } = parameter;
    parameterGradients[name] ??= Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
    const changed = take(`rows of ${name}`, { ...parameter, rows: ids.length, at });
    for (const [k, id] of ids.entries()) {
      parameterGradients[name][id] = (parameterGradients[name][id] ?? []).map((value, j) => value + (changed[k]?.[j] ?? 0));
    }
  }
  const lowMemoryChanged = heap.u8.subarray(0, 1024).some((byte, k) => (k < 16 || k >= 20) && byte !== low[k]);
  return { output, matrixGradients, parameterGradients, dirtyPadding, lowMemoryChanged };
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly blocks?: number;
  readonly at: number;
}

/** An arena whose memory held other things before, as in every step but the first. */
function spoiltArena(engine: Engine): Arena {
  const bytes = 2 ** 17;
  const arena = new Arena(engine.heap, bytes);
  engine.heap.floats(arena.allocate(bytes), bytes / 4).fill(Number.NaN);
  arena.reset();
  return arena;
}

function split(cells: Float32Array, columns: number): Rows {
  return Array.from({ length: columns === 0 ? 0 : cells.length / columns }, (_, i) =>
    Array.from(cells.subarray(i * columns, (i + 1) * columns)),
  );
}
