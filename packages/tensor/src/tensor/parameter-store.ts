import { TensorError } from "../errors.ts";
import type { Address } from "../kernels/kernels.ts";
import type { Heap } from "../memory/heap.ts";
import { padded } from "./matrix.ts";
import { Random } from "./random.ts";

/**
 * A matrix that a model keeps. Tables (embeddings) get their gradient as single rows, all other
 * weights as a dense slice. Fixed weights are never trained: they have neither a gradient nor the
 * transposed copy for it. Running statistics are not weights: they have no gradient, and
 * `updateRunning` updates them instead of an optimizer.
 */
export interface Parameter {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /**
   * Blocks of equal width that the columns consist of, such as the gates of a cell, each padded
   * separately; 1 for everything else.
   */
  readonly blocks: number;
  /** blocks · padded(columns / blocks) */
  readonly stride: number;
  readonly at: Address;
  readonly kind: "dense" | "table" | "fixed" | "running";
  /**
   * Where its slice starts in a buffer of dense gradients, in floats; −1 for every other kind.
   */
  readonly slice: number;
  /**
   * The address of the transposed matrix, [stride, padded(rows)], refreshed once per step; 0 unless
   * the parameter is dense.
   */
  readonly transposed: Address;
}

/** Draws the first value of a parameter's cells. */
export type Initialiser = (random: Random, rows: number, columns: number) => () => number;

/** Every cell 0. */
export const zeros: Initialiser = () => () => 0;

/** Every cell 1. */
export const ones: Initialiser = () => () => 1;

/** Uniform in ±√(6 / (rows + columns)): Glorot and Bengio 2010. */
export const glorot: Initialiser = (random, rows, columns) => uniform(Math.sqrt(6 / (rows + columns)))(random, rows, columns);

/** Uniform in ±limit. */
export function uniform(limit: number): Initialiser {
  return (random) => () => (2 * random.next() - 1) * limit;
}

/** Normal with this standard deviation. */
export function normal(deviation: number): Initialiser {
  return (random) => () => random.normal() * deviation;
}

/**
 * All parameters of a model, by name. A store created with a seed draws every parameter from a
 * separate random stream named after it. With the seed null, parameters stay zero until they are
 * written. A store attached to the layout of another thread's store uses that store's parameters.
 */
export class ParameterStore {
  readonly heap: Heap;
  readonly #byName = new Map<string, Parameter>();
  readonly #layout: ReadonlyMap<string, Parameter> | undefined;
  readonly #seed: number | null;
  /** Floats in a buffer that holds the gradient of every dense parameter. */
  denseSize = 0;

  constructor(heap: Heap, source: { seed: number | null } | { layout: readonly Parameter[] }) {
    this.heap = heap;
    this.#seed = "seed" in source ? source.seed : null;
    this.#layout = "layout" in source ? new Map(source.layout.map((item) => [item.name, item])) : undefined;
  }

  /** All parameters in order of creation; another thread needs it to attach to them. */
  get layout(): readonly Parameter[] {
    return [...this.#byName.values()];
  }

  get(name: string): Parameter {
    const found = this.#byName.get(name);
    if (found === undefined) throw new TensorError("PARAMETER_UNKNOWN", `no parameter is called ${name}`);
    return found;
  }

  /**
   * Adds a parameter; in an attached store, returns the existing one of this name.
   *
   * @throws {TensorError} PARAMETER_TWICE if the name is taken; PARAMETER_UNKNOWN if an attached
   *   store has no such parameter
   */
  add(name: string, rows: number, columns: number, initialise: Initialiser, form: ParameterForm = {}): Parameter {
    if (this.#byName.has(name)) throw new TensorError("PARAMETER_TWICE", `two parameters are called ${name}`);
    const parameter =
      this.#layout === undefined ? this.#make(name, rows, columns, initialise, form) : this.#find(name, rows, columns);
    this.#byName.set(name, parameter);
    if (parameter.kind === "dense") this.denseSize += roomOf(parameter);
    return parameter;
  }

  /** Copies the values without padding, row by row: rows · columns floats. */
  read(parameter: Parameter): Float32Array {
    return unpad(this.heap, parameter.at, parameter);
  }

  /**
   * Sets the values, given without padding, row by row.
   *
   * @throws {TensorError} SHAPE_MISMATCH if the number of values is wrong
   */
  write(parameter: Parameter, values: ArrayLike<number>): void {
    const { rows, columns } = parameter;
    if (values.length !== rows * columns) {
      throw new TensorError("SHAPE_MISMATCH", `${parameter.name} holds ${rows} × ${columns} numbers, but got ${values.length}`);
    }
    pad(this.heap, parameter.at, parameter, values);
    this.heap.countWeightChange();
  }

  #make(name: string, rows: number, columns: number, initialise: Initialiser, form: ParameterForm): Parameter {
    const { kind = "dense", blocks = 1 } = form;
    const stride = blocks * padded(columns / blocks);
    const at = this.heap.allocate(roomOf({ kind, rows, stride }) * 4);
    const transposed = kind === "dense" ? this.heap.allocate(stride * padded(rows) * 4) : 0;
    const slice = kind === "dense" ? this.denseSize : -1;
    const parameter = { name, rows, columns, blocks, stride, at, kind, slice, transposed };
    // New memory is zero already.
    if (this.#seed !== null && initialise !== zeros) {
      const draw = initialise(Random.of(this.#seed, name), rows, columns);
      this.write(parameter, Float32Array.from({ length: rows * columns }, draw));
    }
    return parameter;
  }

  #find(name: string, rows: number, columns: number): Parameter {
    const found = this.#layout?.get(name);
    if (found === undefined || found.rows !== rows || found.columns !== columns) {
      throw new TensorError("PARAMETER_UNKNOWN", `no parameter ${name} of ${rows} × ${columns} to attach to`);
    }
    return found;
  }
}

/**
 * Floats of a parameter. Kernels take the rows of a weight in fours, so there are zeros past the
 * last ones of a dense or a fixed one.
 */
function roomOf({ kind, rows, stride }: Pick<Parameter, "kind" | "rows" | "stride">): number {
  return (kind === "dense" || kind === "fixed" ? padded(rows) : rows) * stride;
}

/**
 * How a parameter is stored: dense, as a table of rows, fixed or as running statistics, and in how
 * many blocks of columns. Defaults to dense with one block.
 */
export interface ParameterForm {
  readonly kind?: Parameter["kind"];
  readonly blocks?: number;
}

interface PaddedShape {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly blocks?: number;
}

/** The cells of a padded matrix, row by row, without the padding. */
export function unpad(heap: Heap, at: Address, shape: PaddedShape): Float32Array {
  const from = heap.floats(at, shape.rows * shape.stride);
  const values = new Float32Array(shape.rows * shape.columns);
  forEachBlock(shape, (plain, inside, width) => values.set(from.subarray(inside, inside + width), plain));
  return values;
}

/** The inverse of `unpad`: writes plain cells into a padded matrix. */
export function pad(heap: Heap, at: Address, shape: PaddedShape, values: ArrayLike<number>): void {
  const into = heap.floats(at, shape.rows * shape.stride);
  forEachBlock(shape, (plain, inside, width) => {
    for (let k = 0; k < width; k++) into[inside + k] = values[plain + k] ?? 0;
  });
}

function forEachBlock(shape: PaddedShape, visit: (plain: number, inside: number, width: number) => void): void {
  const blocks = shape.blocks ?? 1;
  const width = shape.columns / blocks;
  const step = shape.stride / blocks;
  for (let row = 0; row < shape.rows; row++) {
    for (let block = 0; block < blocks; block++)
      visit(row * shape.columns + block * width, row * shape.stride + block * step, width);
  }
}
