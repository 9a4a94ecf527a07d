import type { AddressParameter, Descriptor, ItemsParameter, NumberParameter, Parameter } from "../kernels/contract/descriptor.ts";
import type { CallValues } from "../kernels/contract/extent.ts";
import { contract } from "../kernels/contract/index.ts";
import type { KernelName, Kernels } from "../kernels/kernels.ts";
import type { Random } from "../tensor/random.ts";
import { normals } from "./draws.ts";

/** Kernels keep constants of their own below; nothing of a test lies there. */
const firstByte = 1024;
const guardBytes = 64;

/**
 * The sizes of memory that calls run on, in pages of 64 KiB. In a memory of just this size a kernel
 * that writes past the end traps.
 */
export const memoryPages = [1, 8] as const;

type Values = Float32Array | Int32Array;

/** What the contract does not say of a slot that a kernel writes. */
export interface SlotOptions {
  /** Which cells the kernel may write; defaults to all of its extent. */
  readonly written?: (cell: number) => boolean;
  /** Which written cells have a documented value; defaults to all. */
  readonly defined?: (cell: number) => boolean;
  /** Which cells hold whole numbers, compared exactly; defaults to those of an `i32` slot. */
  readonly integer?: (cell: number) => boolean;
  /** Whether cells may stay as they were, when there is less to write. */
  readonly partial?: boolean;
}

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

type NameOf<P> = P extends Parameter<infer Name> ? Name : never;
type ParameterOf<D extends Descriptor> = D["parameters"][number];
type NumberOf<D extends Descriptor> = NameOf<Extract<ParameterOf<D>, NumberParameter>>;
type AddressOf<D extends Descriptor> = NameOf<Extract<ParameterOf<D>, AddressParameter>>;

/** One call of a kernel: its numbers, and those contents of its memory that matter. */
export interface KernelCase<D extends Descriptor = Descriptor> {
  /**
   * Numbers must be given. An address may be 0 for "none", or the values that lie there. Normal
   * numbers are drawn for an input without values; outputs and scratch hold NaN.
   */
  readonly given: { readonly [Name in NumberOf<D>]: number } & { readonly [Name in AddressOf<D>]?: Values | 0 };
  readonly tolerance?: Tolerance;
  readonly slots?: { readonly [Name in AddressOf<D>]?: SlotOptions };
}

/** Cases of each kernel of a table. A kernel without cases is a type error. */
export type CasesOf<Table extends Readonly<Record<string, Descriptor>>> = {
  readonly [Name in keyof Table]: (random: Random) => Iterable<KernelCase<Table[Name]>>;
};

interface Slot {
  readonly name: string;
  readonly at: number;
  readonly length: number;
  readonly role: "input" | "output" | "scratch";
  readonly written: (cell: number) => boolean;
  readonly defined: (cell: number) => boolean;
  readonly integer: (cell: number) => boolean;
  readonly partial: boolean;
}

/**
 * One call of a kernel on a memory image of its own, laid out as the contract says. Everything that
 * the call does not name, and every output before the call, holds NaN. A kernel that reads too far
 * spoils its result, and one that writes too far is seen.
 */
export class KernelCall {
  readonly name: KernelName;
  /** The fields of the call: numbers and addresses. */
  readonly fields: Readonly<Record<string, number>>;
  /** The size of the memory that the call runs on. */
  readonly pages: (typeof memoryPages)[number];
  readonly #image: Uint8Array;
  readonly #slots: Slot[] = [];
  readonly #tolerance: Tolerance;
  #next = firstByte + guardBytes;

  constructor(name: KernelName, { given, tolerance, slots }: KernelCase, random: Random) {
    this.name = name;
    this.#tolerance = tolerance ?? { relative: 2e-6, absolute: 1e-6 };
    const lists: Readonly<Record<string, Values | number | undefined>> = given;
    const options: Readonly<Record<string, SlotOptions | undefined>> = slots ?? {};
    const fields: Record<string, number> = {};
    const contents = new Map<number, Values>();
    for (const parameter of contract[name].parameters) {
      const value = lists[parameter.name];
      if (parameter.kind === "address") {
        if (value === 0 && parameter.optional) {
          fields[parameter.name] = 0;
          continue;
        }
        const cells = contentsOf(parameter, value, valuesOf(lists), random);
        const at = this.#lay(parameter, cells.length, valuesOf(lists), options[parameter.name]);
        contents.set(at, cells);
        fields[parameter.name] = at;
      } else if (typeof value === "number") fields[parameter.name] = value;
      else throw new TypeError(`a case of ${name} needs the number ${parameter.name}`);
    }
    this.fields = fields;
    const pages = memoryPages.find((count) => this.#next <= 65536 * count);
    if (pages === undefined) throw new RangeError("the call does not fit into the largest memory");
    this.pages = pages;
    this.#image = new Uint8Array(65536 * pages).fill(0xff);
    for (const [at, { buffer, byteOffset, byteLength }] of contents) {
      this.#image.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    }
  }

  /**
   * Runs the call. `memory` is changed: its bytes are this call's afterwards.
   *
   * @param memory has the call's `pages`
   * @returns the bytes as they lie in `memory`, until its next call
   */
  run(kernels: Kernels, memory: WebAssembly.Memory): { returned: number | undefined; bytes: Uint8Array } {
    const [returned] = this.#runAll([this.fields], kernels, memory);
    return { returned, bytes: new Uint8Array(memory.buffer) };
  }

  /** How many items this call has that know nothing of each other; 0 if the kernel has none. */
  get itemCount(): number {
    const items = itemsOf(this.name);
    return items === undefined ? 0 : (this.fields[items.name] ?? 0) / items.piece;
  }

  /** Runs the call once for each item alone; returns the bytes like `run`. */
  runItemByItem(kernels: Kernels, memory: WebAssembly.Memory): Uint8Array {
    const items = itemsOf(this.name);
    const calls = Array.from({ length: this.itemCount }, (_, index) => this.#fieldsOf(items as ItemsParameter, index));
    this.#runAll(calls, kernels, memory);
    return new Uint8Array(memory.buffer);
  }

  /** Where two runs left different bits, scratch aside. One NaN is as good as another. */
  *unequalBits(bytes: Uint8Array, others: Uint8Array): Generator<string> {
    const [some, more] = [floats(bytes), floats(others)];
    for (const word of changedWords(words(bytes), words(others), this.#next / 4)) {
      const [x, y] = [some[word] ?? Number.NaN, more[word] ?? Number.NaN];
      const slot = this.#slotAt(4 * word);
      if (slot?.role !== "scratch" && !(Number.isNaN(x) && Number.isNaN(y))) yield `${this.#describe(4 * word)}: ${x}, then ${y}`;
    }
  }

  /**
   * What is wrong with the bytes that a kernel left, next to those of its twin; none when nothing
   * is.
   */
  *differences(bytes: Uint8Array, expected: Uint8Array): Generator<string> {
    for (const word of changedWords(words(this.#image), words(bytes), this.#image.length / 4)) {
      if (!this.#mayWrite(4 * word)) yield `it wrote ${this.#describe(4 * word)}`;
    }
    const [got, wanted] = [floats(bytes), floats(expected)];
    const [gotWhole, wantedWhole] = [words(bytes), words(expected)];
    for (const slot of this.#slots) {
      if (slot.role !== "output") continue;
      for (let cell = 0; cell < slot.length; cell++) {
        if (!slot.written(cell) || !slot.defined(cell)) continue;
        const integer = slot.integer(cell);
        const word = slot.at / 4 + cell;
        const x = (integer ? gotWhole : got)[word] ?? Number.NaN;
        const y = (integer ? wantedWhole : wanted)[word] ?? Number.NaN;
        if (Number.isNaN(y) && !slot.partial)
          yield `${slot.name}, cell ${cell}: nothing was written, or something was read that is not there`;
        if (integer ? x !== y : !this.close(x, y)) yield `${slot.name}, cell ${cell}: ${x} instead of ${y}`;
      }
    }
  }

  close(x: number, y: number): boolean {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return Object.is(x, y);
    const { absolute, relative } = this.#tolerance;
    return Math.abs(x - y) <= absolute + relative * Math.max(Math.abs(x), Math.abs(y));
  }

  #runAll(
    calls: readonly Readonly<Record<string, number>>[],
    kernels: Kernels,
    memory: WebAssembly.Memory,
  ): (number | undefined)[] {
    new Uint8Array(memory.buffer).set(this.#image.subarray(firstByte), firstByte);
    const kernel = kernels[this.name] as unknown as (call: Readonly<Record<string, number>>) => number | undefined;
    return calls.map((fields) => kernel(fields));
  }

  /** The call of one item alone. */
  #fieldsOf({ name: count, piece }: ItemsParameter, index: number): Readonly<Record<string, number>> {
    const fields: Record<string, number> = { ...this.fields, [count]: piece };
    const values = valuesOf(this.fields);
    for (const parameter of contract[this.name].parameters) {
      const at = this.fields[parameter.name] ?? 0;
      if (parameter.kind !== "address" || at === 0) continue;
      fields[parameter.name] = at + 4 * index * piece * parameter.extent.step(count, values);
    }
    return fields;
  }

  /** Makes room for the cells of a parameter. @returns their address */
  #lay({ name, role, extent, element }: AddressParameter, length: number, values: CallValues, options: SlotOptions = {}): number {
    const holds = (cell: number): boolean => extent.holds(cell, values);
    const wanted = extent.cells(values);
    if (extent.fromLists ? length < wanted : length !== wanted) {
      throw new RangeError(`${this.name}: ${name} holds ${length} cells, but the contract says ${wanted}`);
    }
    const at = this.#next;
    this.#next = Math.ceil((at + 4 * length + guardBytes) / guardBytes) * guardBytes;
    this.#slots.push({
      name,
      at,
      length,
      role: role === "inOut" ? "output" : role,
      written: (cell) => holds(cell) && (options.written?.(cell) ?? true),
      defined: options.defined ?? (() => true),
      integer: options.integer ?? (() => element === "i32"),
      partial: options.partial ?? false,
    });
    return at;
  }

  /** The slot that a byte lies in or behind. */
  #slotAt(byte: number): Slot | undefined {
    return this.#slots.findLast((one) => one.at <= byte);
  }

  #mayWrite(byte: number): boolean {
    const slot = this.#slotAt(byte);
    if (slot === undefined || slot.role === "input") return false;
    const cell = (byte - slot.at) / 4;
    return cell < slot.length && slot.written(cell);
  }

  #describe(byte: number): string {
    const slot = this.#slotAt(byte);
    return slot === undefined
      ? "before the first slot"
      : `cell ${(byte - slot.at) / 4} of ${slot.name}, which holds ${slot.length}`;
  }
}

function valuesOf(lists: Readonly<Record<string, Values | number | undefined>>): CallValues {
  return {
    number: (name) => Number(lists[name]),
    integers: (name) => lists[name] as Int32Array,
  };
}

function itemsOf(name: KernelName): ItemsParameter | undefined {
  const parameters: readonly Parameter[] = contract[name].parameters;
  return parameters.find((parameter): parameter is ItemsParameter => "piece" in parameter);
}

/** What lies at an address before the call. */
function contentsOf(
  { name, role, element, extent, accumulates }: AddressParameter,
  given: Values | number | undefined,
  values: CallValues,
  random: Random,
): Values {
  if (typeof given === "object") return given;
  const length = extent.cells(values);
  const isRead = role === "input" || (role === "inOut" && (accumulates === undefined || values.number(accumulates) === 1));
  if (!isRead) return element === "i32" ? new Int32Array(length).fill(-1) : new Float32Array(length).fill(Number.NaN);
  if (element !== "f32") throw new TypeError(`a case needs the values of ${name}`);
  return normals(random, length).map((value, cell) => (extent.holds(cell, values) ? value : Number.NaN));
}

function words(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** The words below `end` that differ. No generator, since most of a suite's time is spent here. */
function changedWords(before: Int32Array, after: Int32Array, end: number): number[] {
  const changed: number[] = [];
  for (let word = firstByte / 4; word < end; word++) if (before[word] !== after[word]) changed.push(word);
  return changed;
}
