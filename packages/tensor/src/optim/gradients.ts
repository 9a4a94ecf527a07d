import type { Address } from "../kernels/kernels.ts";
import { Arena } from "../memory/arena.ts";
import type { RowGradient } from "../tape/tape.ts";
import type { Engine } from "../tensor/engine.ts";
import type { Parameter, ParameterStore } from "../tensor/parameter-store.ts";

/**
 * The gradient of one table, with each touched row once. `at` points to ids.length rows of the
 * table's stride.
 */
export interface TableGradient {
  readonly parameter: Parameter;
  readonly ids: Int32Array;
  readonly at: Address;
}

/** The gradient of a whole batch. */
export interface Gradients {
  /** `ParameterStore.denseSize` floats. */
  readonly dense: Address;
  readonly tables: readonly TableGradient[];
}

/**
 * Adds up row gradients so that every table row occurs once, in order of its first occurrence. A
 * worker calls it on its chunk's rows, the collector on the chunks' results in chunk order. The
 * sums do not depend on which worker computed a chunk.
 */
export function mergeRows(engine: Engine, arena: Arena, gradients: Iterable<RowGradient>): TableGradient[] {
  const byTable = new Map<string, RowGradient[]>();
  for (const gradient of gradients) {
    const list = byTable.get(gradient.parameter.name);
    if (list === undefined) byTable.set(gradient.parameter.name, [gradient]);
    else list.push(gradient);
  }
  return [...byTable.values()].map((list) => mergeTable(engine, arena, list));
}

function mergeTable(engine: Engine, arena: Arena, list: readonly RowGradient[]): TableGradient {
  const parameter = (list[0] as RowGradient).parameter;
  const slots = new Map<number, number>();
  const targets = list.map(({ ids }) =>
    ids.map((id) => {
      const known = slots.get(id);
      if (known !== undefined) return known;
      slots.set(id, slots.size);
      return slots.size - 1;
    }),
  );
  const at = arena.allocateZeroed(slots.size * parameter.stride * 4);
  for (const [k, gradient] of list.entries()) {
    const target = targets[k] ?? new Int32Array(0);
    const index = arena.allocate(target.length * 4);
    engine.heap.i32.set(target, index / 4);
    engine.kernels.scatterRows({
      m: target.length,
      n: parameter.stride,
      index,
      x: gradient.at,
      xStride: parameter.stride,
      y: at,
      yStride: parameter.stride,
    });
  }
  return { parameter, ids: Int32Array.from(slots.keys()), at };
}

/** The sum of the squares of all cells. */
export function squaresOf({ kernels }: Engine, { denseSize }: ParameterStore, { dense, tables }: Gradients): number {
  let squares = kernels.sumSquares({ n: denseSize, x: dense });
  for (const { parameter, ids, at } of tables) squares += kernels.sumSquares({ n: ids.length * parameter.stride, x: at });
  return squares;
}

/**
 * The gradient of one chunk of a batch: its buffer of dense gradients, which others may share,
 * and its merged table rows.
 */
export interface ChunkGradient {
  readonly dense: Address;
  readonly tables: readonly TableGradient[];
}

/** Sums the gradients of a batch's chunks, in the order given; each buffer counts once. */
export class GradientCollector {
  readonly #engine: Engine;
  readonly #store: ParameterStore;
  readonly #arena: Arena;
  readonly #dense: Address;

  constructor(engine: Engine, store: ParameterStore) {
    this.#engine = engine;
    this.#store = store;
    this.#arena = new Arena(engine.heap);
    this.#dense = engine.heap.allocate(store.denseSize * 4);
  }

  /** Returns the sum, which is valid until the next call. */
  collect(chunks: readonly ChunkGradient[]): Gradients {
    this.#arena.reset();
    this.#engine.heap.clear(this.#dense, this.#store.denseSize * 4);
    for (const x of new Set(chunks.map(({ dense }) => dense))) {
      this.#engine.kernels.add({ n: this.#store.denseSize, x, y: this.#dense });
    }
    const tables = mergeRows(
      this.#engine,
      this.#arena,
      chunks.flatMap((chunk) => chunk.tables),
    );
    return { dense: this.#dense, tables };
  }
}
