import type { Address } from "../kernels/kernels.ts";
import type { Arena } from "../memory/arena.ts";
import type { Engine } from "../tensor/engine.ts";
import type { Matrix } from "../tensor/matrix.ts";
import type { Parameter } from "../tensor/parameter-store.ts";

/** Maximum bytes of products cached for one weight: eight thousand words for 256 columns. */
const maxBytes = 2 ** 23;

/**
 * Identifies the rows of a matrix as unchanged rows of a table, each at most once. The table need
 * not exist in memory: for a virtual table, such as one with a row for every possible spelling, the
 * ids are names.
 */
export interface TableRows {
  readonly table: Pick<Parameter, "name" | "rows">;
  readonly ids: ArrayLike<number | string>;
}

/** Products of some rows: that of row i starts at `at` + rows[i] · the weight's stride. */
export interface RowProducts {
  readonly at: Address;
  readonly rows: Int32Array;
}

interface Shelf {
  readonly at: Address;
  /** Capacity in rows. */
  readonly size: number;
  /** The slot of each table row's product. */
  readonly slots: Map<number | string, number>;
}

/**
 * A cache of products that depend only on weights, valid while no weight changes. Outside training
 * a word is thus multiplied by a filter once, not once per sentence. A row of a
 * product has the same bits whatever rows are computed with it, so caching changes no result.
 */
export class KeptProducts {
  readonly #engine: Pick<Engine, "kernels" | "heap">;
  readonly #shelves = new Map<string, Shelf>();
  readonly #single = new Map<string, { readonly at: Address; readonly floats: number; fresh: boolean }>();
  #changes = -1;

  constructor(engine: Pick<Engine, "kernels" | "heap">) {
    this.#engine = engine;
  }

  /**
   * Returns `input` times `weight`, or undefined if the input has more rows than the cache.
   *
   * @param arena holds intermediate rows
   */
  multiply(arena: Arena, input: Matrix, { table, ids }: TableRows, weight: Parameter): RowProducts | undefined {
    this.#followWeights();
    const shelf = this.#shelfOf(table, weight);
    if (ids.length > shelf.size) return undefined;
    let missing = missingOf(ids, shelf);
    if (shelf.slots.size + missing.length > shelf.size) {
      shelf.slots.clear();
      missing = Int32Array.from({ length: ids.length }, (_, row) => row);
    }
    if (missing.length > 0) this.#fill(arena, input, missing, ids, weight, shelf);
    return { at: shelf.at, rows: Int32Array.from(ids, (id) => shelf.slots.get(id) ?? 0) };
  }

  /** Returns cached floats, which `fill` writes on first use and after every change of weights. */
  once(name: string, floats: number, fill: (at: Address) => void): Address {
    this.#followWeights();
    let kept = this.#single.get(name);
    if (kept === undefined || kept.floats !== floats) {
      kept = { at: this.#engine.heap.allocate(floats * 4), floats, fresh: false };
      this.#single.set(name, kept);
    }
    if (!kept.fresh) fill(kept.at);
    kept.fresh = true;
    return kept.at;
  }

  #fill(arena: Arena, input: Matrix, missing: Int32Array, ids: TableRows["ids"], weight: Parameter, { at, slots }: Shelf): void {
    const { heap, kernels } = this.#engine;
    const rows = arena.allocate(missing.length * input.stride * 4);
    const index = arena.allocate(missing.length * 4);
    heap.i32.set(missing, index / 4);
    kernels.gatherRows({
      m: missing.length,
      n: input.columns,
      index,
      x: input.at,
      xStride: input.stride,
      y: rows,
      yStride: input.stride,
    });
    const to = at + slots.size * weight.stride * 4;
    kernels.gemm({
      m: missing.length,
      n: weight.stride,
      k: input.columns,
      a: rows,
      aStride: input.stride,
      b: weight.at,
      bStride: weight.stride,
      c: to,
      cStride: weight.stride,
      accumulate: 0,
    });
    for (const row of missing) slots.set(ids[row] as number | string, slots.size);
  }

  #shelfOf(table: TableRows["table"], weight: Parameter): Shelf {
    const name = `${table.name} × ${weight.name}`;
    let shelf = this.#shelves.get(name);
    if (shelf === undefined) {
      const size = Math.min(table.rows, Math.floor(maxBytes / (weight.stride * 4)));
      shelf = { at: this.#engine.heap.allocate(size * weight.stride * 4), size, slots: new Map() };
      this.#shelves.set(name, shelf);
    }
    return shelf;
  }

  #followWeights(): void {
    const { weightChanges } = this.#engine.heap;
    if (weightChanges === this.#changes) return;
    this.#changes = weightChanges;
    for (const { slots } of this.#shelves.values()) slots.clear();
    for (const kept of this.#single.values()) kept.fresh = false;
  }
}

function missingOf(ids: TableRows["ids"], { slots }: Shelf): Int32Array {
  const missing: number[] = [];
  for (let row = 0; row < ids.length; row++) if (!slots.has(ids[row] as number | string)) missing.push(row);
  return Int32Array.from(missing);
}
