import type { Kernels } from "../kernels/kernels.ts";

/** Where kernels keep constants of their own; nothing of a test lies below. */
const firstByte = 1024;
const guardBytes = 64;
/** Eight pages: a memory of the same size makes a kernel trap that writes past it. */
export const imageBytes = 2 ** 19;

type Values = Float32Array | Int32Array;

interface SlotOptions {
  /** Which cells the kernel documents as written; all where left out. */
  readonly written?: (cell: number) => boolean;
  /** Which of the written cells have a documented value; all where left out. */
  readonly defined?: (cell: number) => boolean;
  /** Which cells hold whole numbers, compared exactly. */
  readonly integer?: (cell: number) => boolean;
  /** Whether cells may stay as they were, when there is less to write. */
  readonly partial?: boolean;
}

interface Slot extends SlotOptions {
  readonly at: number;
  readonly length: number;
  readonly role: "input" | "output" | "scratch";
}

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/**
 * One call of a kernel on a memory image of its own. Everything that the call does not name, and every output before the call, holds NaN,
 * so that a kernel that reads too far spoils its result, and one that writes too far is seen.
 */
export class KernelCall {
  readonly image = new Uint8Array(imageBytes).fill(0xff);
  readonly slots: Slot[] = [];
  readonly args: number[];
  readonly tolerance: Tolerance;
  #next = firstByte + guardBytes;

  constructor(lay: (call: KernelCall) => number[], tolerance: Tolerance = { relative: 2e-6, absolute: 1e-6 }) {
    this.tolerance = tolerance;
    this.args = lay(this);
  }

  /** Read only. */
  input(values: Values): number {
    return this.#place(values, "input", {});
  }

  /** Written over, whatever it held. */
  output(length: number, options: SlotOptions = {}): number {
    return this.#place(new Float32Array(length).fill(Number.NaN), "output", options);
  }

  /** Integers, written over. */
  integers(length: number, options: SlotOptions = {}): number {
    return this.#place(new Int32Array(length).fill(-1), "output", { integer: () => true, ...options });
  }

  /** Read, then changed. */
  inOut(values: Values, options: SlotOptions = {}): number {
    return this.#place(values, "output", options);
  }

  /** Working space, whose content after the call nobody promises. */
  scratch(length: number): number {
    return this.#place(new Float32Array(length).fill(Number.NaN), "scratch", {});
  }

  /** Runs the call. `memory` is changed: its bytes are this call's afterwards. */
  run(kernels: Kernels, name: keyof Kernels, memory: WebAssembly.Memory): { returned: number | undefined; bytes: Uint8Array } {
    const view = new Uint8Array(memory.buffer);
    view.set(this.image.subarray(firstByte), firstByte);
    const kernel = kernels[name] as (...args: number[]) => number | undefined;
    const returned = kernel(...this.args);
    return { returned, bytes: Uint8Array.from(view.subarray(0, imageBytes)) };
  }

  /** What is wrong with the bytes that a kernel left, next to those of its twin; none when nothing is. */
  *differences(bytes: Uint8Array, expected: Uint8Array): Generator<string> {
    const before = words(this.image);
    const after = words(bytes);
    const allowed = new Uint8Array(before.length);
    for (const slot of this.slots) {
      for (let cell = 0; cell < slot.length && slot.role !== "input"; cell++) {
        if (slot.written?.(cell) ?? true) allowed[slot.at / 4 + cell] = 1;
      }
    }
    for (let word = firstByte / 4; word < before.length; word++) {
      if (after[word] !== before[word] && allowed[word] === 0) yield `it wrote ${this.#describe(4 * word)}`;
    }
    for (const [k, slot] of this.slots.entries()) {
      if (slot.role !== "output") continue;
      for (let cell = 0; cell < slot.length; cell++) {
        if (slot.written?.(cell) === false || slot.defined?.(cell) === false) continue;
        const integer = slot.integer?.(cell) ?? false;
        const x = read(bytes, slot.at + 4 * cell, integer);
        const y = read(expected, slot.at + 4 * cell, integer);
        if (Number.isNaN(y) && slot.partial !== true)
          yield `slot ${k}, cell ${cell}: nothing was written, or something was read that is not there`;
        if (integer ? x !== y : !this.close(x, y)) yield `slot ${k}, cell ${cell}: ${x} instead of ${y}`;
      }
    }
  }

  close(x: number, y: number): boolean {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return Object.is(x, y);
    return Math.abs(x - y) <= this.tolerance.absolute + this.tolerance.relative * Math.max(Math.abs(x), Math.abs(y));
  }

  #place(values: Values, role: Slot["role"], options: SlotOptions): number {
    const at = this.#next;
    const end = at + values.byteLength;
    this.#next = Math.ceil((end + guardBytes) / guardBytes) * guardBytes;
    if (this.#next > imageBytes) throw new RangeError("the call does not fit into its image");
    this.image.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    this.slots.push({ at, length: values.length, role, ...options });
    return at;
  }

  #describe(byte: number): string {
    const k = this.slots.findLastIndex((slot) => slot.at <= byte);
    const slot = this.slots[k];
    return slot === undefined ? "before the first slot" : `cell ${(byte - slot.at) / 4} of slot ${k}, which holds ${slot.length}`;
  }
}

function words(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function read(bytes: Uint8Array, at: number, integer: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4);
  return integer ? view.getInt32(0, true) : view.getFloat32(0, true);
}
