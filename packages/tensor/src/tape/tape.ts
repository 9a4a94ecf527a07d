import { ShapeError } from "../errors.ts";
import type { Address, Kernels } from "../kernels/kernels.ts";
import type { Arena } from "../memory/arena.ts";
import type { Heap } from "../memory/heap.ts";
import type { Engine } from "../tensor/engine.ts";
import { type Matrix, padded } from "../tensor/matrix.ts";
import type { Parameter } from "../tensor/parameter-store.ts";
import type { KeptProducts } from "./kept-products.ts";

/**
 * A fused step of a model with its gradient. `forward` returns what `backward` needs as `saved`;
 * `backward` adds to the gradients of the inputs. An operation without `backward` does not
 * type-check.
 */
export interface Operation<Input, Output, Saved> {
  forward(tape: Tape, input: Input): { readonly output: Output; readonly saved: Saved };
  backward(tape: Tape, saved: Saved): void;
}

/**
 * The gradient of some rows of a table: `at` points to ids.length rows of the table's stride. Ids
 * may repeat.
 */
export interface RowGradient {
  readonly parameter: Parameter;
  readonly ids: Int32Array;
  readonly at: Address;
}

/** The gradient buffer of one chunk of a batch: `ParameterStore.denseSize` floats. */
export interface GradientBuffer {
  readonly dense: Address;
}

/**
 * Means and variances, [D], of the rows that a normalisation read in training. `updateRunning`
 * updates the running statistics from them.
 */
export interface ColumnStatistics {
  /** The running mean, [1, D]. */
  readonly mean: Parameter;
  /** The running variance, [1, D]. */
  readonly variance: Parameter;
  /** The share of the running statistics that a step keeps. */
  readonly momentum: number;
  readonly rows: number;
  readonly means: Float32Array;
  readonly variances: Float32Array;
}

/** Options of a tape. By default it only computes, and neither records nor trains. */
export interface TapeOptions {
  /** The buffer for gradients, filled with zeros. Without one the tape does not record. */
  readonly gradients?: GradientBuffer | undefined;
  /** Whether operations such as dropout are active; defaults to false. */
  readonly training?: boolean | undefined;
  /** Seeds the dropout masks; defaults to 0. */
  readonly seed?: number | undefined;
  /** A cache of products, shared by consecutive tapes on the same weights; defaults to none. */
  readonly kept?: KeptProducts | undefined;
  /**
   * Holds the working space of operations, which each frees when it returns, so that the next one
   * finds it in the cache. Has no effect on a tape that records. Defaults to the tape's arena,
   * which frees nothing before its reset.
   */
  readonly scratch?: Arena | undefined;
}

/** Runs operations and records them, to run their gradients in reverse. */
export class Tape {
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly arena: Arena;
  readonly recording: boolean;
  readonly training: boolean;
  readonly kept: KeptProducts | undefined;
  /** Gradients of table rows, in the order in which the backward pass reached them. */
  readonly rowGradients: RowGradient[] = [];
  /** The moments for the running statistics of this pass, in order of computation. */
  readonly statistics: ColumnStatistics[] = [];
  readonly #gradients: GradientBuffer | undefined;
  readonly #scratch: Arena;
  readonly #seed: number;
  readonly #steps: (() => void)[] = [];
  #masks = 0;

  constructor(engine: Pick<Engine, "kernels" | "heap">, arena: Arena, options: TapeOptions = {}) {
    this.kernels = engine.kernels;
    this.heap = engine.heap;
    this.arena = arena;
    this.#gradients = options.gradients;
    this.recording = options.gradients !== undefined;
    this.training = options.training ?? false;
    this.kept = options.kept;
    this.#scratch = (this.recording ? undefined : options.scratch) ?? arena;
    this.#seed = options.seed ?? 0;
  }

  /**
   * A tape on the same memory that neither records nor trains, and can read this tape's matrices.
   */
  quiet(): Tape {
    return new Tape(this, this.arena);
  }

  /** Runs the operation forward and, while recording, keeps its gradient for `backward`. */
  apply<Input, Output, Saved>(operation: Operation<Input, Output, Saved>, input: Input): Output {
    const before = this.#scratch === this.arena ? undefined : this.#scratch.mark();
    const { output, saved } = operation.forward(this, input);
    if (this.recording) this.#steps.push(() => operation.backward(this, saved));
    if (before !== undefined) this.#scratch.release(before);
    return output;
  }

  /** Runs every gradient, last operation first. Losses have already added theirs to the scores. */
  backward(): void {
    for (let i = this.#steps.length - 1; i >= 0; i--) this.#steps[i]?.();
    this.#steps.length = 0;
  }

  /**
   * Allocates a matrix for this step. Its padding is zero, its cells are undefined. While recording
   * it has a gradient of zeros, unless `options.grad` is false.
   */
  matrix(rows: number, columns: number, options: { grad?: boolean } = {}): Matrix {
    const stride = padded(columns);
    const bytes = rows * stride * 4;
    const at = stride === columns ? this.arena.allocate(bytes) : this.arena.allocateZeroed(bytes);
    const grad = this.recording && options.grad !== false ? this.arena.allocateZeroed(bytes) : 0;
    return { rows, columns, stride, at, grad };
  }

  /** Allocates working space for some floats, with undefined content. */
  scratch(floats: number): Address {
    return this.#scratch.allocate(floats * 4);
  }

  /** Allocates working space for some floats, filled with zeros. */
  zeroed(floats: number): Address {
    return this.#scratch.allocateZeroed(floats * 4);
  }

  /** Copies integers into working space. */
  integers(values: ArrayLike<number>): Address {
    const at = this.#scratch.allocate(values.length * 4);
    this.heap.i32.set(values, at / 4);
    return at;
  }

  /**
   * The address of a dense parameter's gradient in this chunk's buffer; 0 if not recording.
   *
   * @throws {ShapeError} for a parameter that has none: a fixed one belongs on a quiet tape
   */
  gradientOf(parameter: Parameter): Address {
    if (parameter.slice < 0) throw new ShapeError(`${parameter.name} has no dense gradient`);
    return this.#gradients === undefined ? 0 : this.#gradients.dense + parameter.slice * 4;
  }

  /**
   * The address for the gradient of an operation's input: scratch space if it keeps no gradient.
   */
  gradientRoom(input: Matrix): Address {
    return input.grad === 0 ? this.zeroed(input.rows * input.stride) : input.grad;
  }

  /** Two seeds, different for every call on this tape. */
  nextMaskSeeds(): readonly [number, number] {
    this.#masks++;
    return [this.#seed | 0, Math.imul(this.#masks, 0x27d4eb2f) ^ (this.#seed / 2 ** 32)];
  }

  /** Copies the cells of a matrix, without padding. */
  read(matrix: Matrix): Float32Array {
    const values = new Float32Array(matrix.rows * matrix.columns);
    const from = this.heap.floats(matrix.at, matrix.rows * matrix.stride);
    for (let i = 0; i < matrix.rows; i++) {
      values.set(from.subarray(i * matrix.stride, i * matrix.stride + matrix.columns), i * matrix.columns);
    }
    return values;
  }
}
