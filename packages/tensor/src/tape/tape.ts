import type { Address, Kernels } from "../kernels/kernels.ts";
import type { Arena } from "../memory/arena.ts";
import type { Heap } from "../memory/heap.ts";
import type { Engine } from "../tensor/engine.ts";
import { type Matrix, padded } from "../tensor/matrix.ts";
import type { Parameter } from "../tensor/parameter-store.ts";
import type { KeptProducts } from "./kept-products.ts";

/**
 * A fused step of a model and its gradient. `forward` may keep what `backward` needs; `backward`
 * adds to the gradients of the inputs. An operation without a `backward` does not type-check.
 */
export interface Operation<Input, Output, Saved> {
  forward(tape: Tape, input: Input): { readonly output: Output; readonly saved: Saved };
  backward(tape: Tape, saved: Saved): void;
}

/**
 * The gradient of some rows of a table: `at` holds ids.length rows of the table's stride. Ids may
 * repeat.
 */
export interface RowGradient {
  readonly parameter: Parameter;
  readonly ids: Int32Array;
  readonly at: Address;
}

/**
 * Where the gradients of one chunk of a batch go: a buffer of `ParameterStore.denseSize` floats.
 */
export interface GradientBuffer {
  readonly dense: Address;
}

/**
 * Means and variances [D] of the rows that a normalisation met in training. `updateRunning` moves
 * the running ones by them.
 */
export interface ColumnStatistics {
  /** The running ones, [1, D]. */
  readonly mean: Parameter;
  readonly variance: Parameter;
  /** The share of the running ones that stays. */
  readonly momentum: number;
  readonly rows: number;
  readonly means: Float32Array;
  readonly variances: Float32Array;
}

/** What a tape is for; without options it computes only. */
export interface TapeOptions {
  /**
   * Where gradients go; it must hold zeros. Defaults to none, and then the tape does not record.
   */
  readonly gradients?: GradientBuffer | undefined;
  /** Operations such as dropout act only in training. Defaults to false. */
  readonly training?: boolean | undefined;
  /** Names the stream of dropout masks. Defaults to 0. */
  readonly seed?: number | undefined;
  /** For many tapes in a row on the same weights. Defaults to none. */
  readonly kept?: KeptProducts | undefined;
}

/** Runs operations and remembers them, to run their gradients in reverse. */
export class Tape {
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly arena: Arena;
  readonly recording: boolean;
  readonly training: boolean;
  readonly kept: KeptProducts | undefined;
  /** Gradients of table rows, in the order in which the backward pass reached them. */
  readonly rowGradients: RowGradient[] = [];
  /** What the running statistics will learn from this pass, in the order in which it met them. */
  readonly statistics: ColumnStatistics[] = [];
  readonly #gradients: GradientBuffer | undefined;
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
    this.#seed = options.seed ?? 0;
  }

  /**
   * A tape on the same memory that neither records nor trains. It computes from what this one
   * holds.
   */
  quiet(): Tape {
    return new Tape(this, this.arena);
  }

  /** Runs the operation forward and, while recording, keeps its gradient for `backward`. */
  apply<Input, Output, Saved>(operation: Operation<Input, Output, Saved>, input: Input): Output {
    const { output, saved } = operation.forward(this, input);
    if (this.recording) this.#steps.push(() => operation.backward(this, saved));
    return output;
  }

  /**
   * Runs every gradient, last operation first. The losses have already added theirs to the scores.
   */
  backward(): void {
    for (let i = this.#steps.length - 1; i >= 0; i--) this.#steps[i]?.();
    this.#steps.length = 0;
  }

  /**
   * A matrix of this step; its padding is zero, its cells are undefined. With a gradient (zero)
   * while recording.
   */
  matrix(rows: number, columns: number, options: { grad?: boolean } = {}): Matrix {
    const stride = padded(columns);
    const bytes = rows * stride * 4;
    const at = stride === columns ? this.arena.allocate(bytes) : this.arena.allocateZeroed(bytes);
    const grad = this.recording && options.grad !== false ? this.arena.allocateZeroed(bytes) : 0;
    return { rows, columns, stride, at, grad };
  }

  /** Working space for that many floats, undefined. */
  scratch(floats: number): Address {
    return this.arena.allocate(floats * 4);
  }

  /** The same, filled with zeros. */
  zeroed(floats: number): Address {
    return this.arena.allocateZeroed(floats * 4);
  }

  /** A copy of these integers in the arena. */
  integers(values: ArrayLike<number>): Address {
    const at = this.arena.allocate(values.length * 4);
    this.heap.i32.set(values, at / 4);
    return at;
  }

  /** Where this chunk's gradient of a dense parameter lies. */
  gradientOf(parameter: Parameter): Address {
    return this.#gradients === undefined ? 0 : this.#gradients.dense + parameter.slice * 4;
  }

  /**
   * Where the gradient of an operation's input goes: its own place, or unread room if it keeps no
   * gradient.
   */
  gradientRoom(input: Matrix): Address {
    return input.grad === 0 ? this.zeroed(input.rows * input.stride) : input.grad;
  }

  /** Two seeds that no other call on this tape gets. */
  nextMaskSeeds(): readonly [number, number] {
    this.#masks++;
    return [this.#seed | 0, Math.imul(this.#masks, 0x27d4eb2f) ^ (this.#seed / 2 ** 32)];
  }

  /** The cells of a matrix without padding, copied out. */
  read(matrix: Matrix): Float32Array {
    const values = new Float32Array(matrix.rows * matrix.columns);
    const from = this.heap.floats(matrix.at, matrix.rows * matrix.stride);
    for (let i = 0; i < matrix.rows; i++) {
      values.set(from.subarray(i * matrix.stride, i * matrix.stride + matrix.columns), i * matrix.columns);
    }
    return values;
  }
}
