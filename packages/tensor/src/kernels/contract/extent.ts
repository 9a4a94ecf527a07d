/** What an extent may ask about a call. */
export interface CallValues {
  /** The value of a number of the call. */
  number(name: string): number;
  /** What the call's list of integers of this name holds. */
  integers(name: string): Int32Array;
}

/** How many cells lie at an address, as a function of the other values of the call. */
export interface Extent {
  /** In the words of the parameters: `m × width`. */
  readonly text: string;
  /** From the address to the end of the last cell that the kernel touches. */
  cells(call: CallValues): number;
  /** Whether the kernel touches this cell; false between the rows of a wider matrix. */
  holds(cell: number, call: CallValues): boolean;
  /**
   * How many cells lie between the first cells of two neighbours among the items of this count; 0
   * if they share their cells, or if a list says which are whose.
   */
  step(count: string, call: CallValues): number;
  /**
   * Whether the lists of the call decide it, so that the room may be larger than what this call
   * touches.
   */
  readonly fromLists: boolean;
}

type Factor = string | number;

/** A product: `cells("m", 4, "width")`. */
export function cells(...factors: readonly Factor[]): Extent {
  return {
    ...whole(factors.join(" × "), (call) => productOf(factors, call)),
    step: (count, call) => (factors[0] === count ? productOf(factors.slice(1), call) : 0),
  };
}

/** Rows that start `stride` cells apart; the last one ends with its last column. */
export function rows(count: Factor, columns: Factor | readonly Factor[], stride: string): Extent {
  const factors = typeof columns === "object" ? columns : [columns];
  return {
    text: `${[count, ...factors].join(" × ")}, rows ${stride} apart`,
    cells: (call) => span(valueOf(count, call), productOf(factors, call), call.number(stride)),
    holds: (cell, call) => insideRow(cell, productOf(factors, call), call.number(stride)),
    step: (items, call) => (items === count ? call.number(stride) : items === columns ? 1 : 0),
    fromLists: false,
  };
}

/** The rows that a list of indices names; a negative index names none. */
export function picked(index: string, columns: Factor, stride: string): Extent {
  return {
    text: `as many rows as ${index} reaches × ${columns}, ${stride} apart`,
    cells: (call) => span(highest(call.integers(index)) + 1, valueOf(columns, call), call.number(stride)),
    holds: (cell, call) =>
      call.integers(index).includes(Math.floor(cell / call.number(stride))) &&
      insideRow(cell, valueOf(columns, call), call.number(stride)),
    step: () => 0,
    fromLists: true,
  };
}

/** As many rows as the ends in a list of half-open ranges say. */
export function reached(list: string, ...factors: readonly Factor[]): Extent {
  const text = [`as many rows as ${list} reaches`, ...factors].join(" × ");
  return { ...whole(text, (call) => Math.max(0, highest(call.integers(list))) * productOf(factors, call)), fromLists: true };
}

/** The same as rows that start `stride` cells apart, of which the last one ends with its last column. */
export function reachedRows(list: string, columns: readonly Factor[], stride: string): Extent {
  return {
    text: `as many rows as ${list} reaches × ${columns.join(" × ")}, ${stride} apart`,
    cells: (call) => span(highest(call.integers(list)), productOf(columns, call), call.number(stride)),
    holds: (cell, call) => insideRow(cell, productOf(columns, call), call.number(stride)),
    step: () => 0,
    fromLists: true,
  };
}

/** Anything else. */
export function room(text: string, size: (number: (name: string) => number) => number): Extent {
  return whole(text, (call) => size((name) => call.number(name)));
}

function whole(text: string, size: (call: CallValues) => number): Extent {
  return { text, cells: size, holds: () => true, step: () => 0, fromLists: false };
}

function productOf(factors: readonly Factor[], call: CallValues): number {
  return factors.reduce<number>((product, factor) => product * valueOf(factor, call), 1);
}

function valueOf(factor: Factor, call: CallValues): number {
  return typeof factor === "number" ? factor : call.number(factor);
}

function span(count: number, columns: number, stride: number): number {
  return count <= 0 || columns === 0 ? 0 : (count - 1) * stride + columns;
}

function insideRow(cell: number, columns: number, stride: number): boolean {
  return stride <= columns || cell % stride < columns;
}

function highest(list: Int32Array): number {
  let top = -1;
  for (const value of list) if (value > top) top = value;
  return top;
}
