import type { Address } from "../kernels/kernels.ts";
import type { Heap } from "./heap.ts";

const lineBytes = 64;

/** A place in an arena. */
export interface ArenaMark {
  readonly block: number;
  readonly next: Address;
  readonly end: Address;
}

/**
 * A bump allocator that is emptied all at once. It keeps its blocks, so after the first few steps
 * no more memory is taken. Blocks grow with the total size, because many small blocks would each be
 * too small for some matrix of the next step.
 */
export class Arena {
  readonly heap: Heap;
  readonly #blockBytes: number;
  readonly #blocks: { start: Address; bytes: number }[] = [];
  #reserved = 0;
  #block = -1;
  #next: Address = 0;
  #end: Address = 0;

  constructor(heap: Heap, blockBytes = 2 ** 20) {
    this.heap = heap;
    this.#blockBytes = blockBytes;
  }

  /** Allocates space until the next reset, aligned to a cache line. Its content is undefined. */
  allocate(bytes: number): Address {
    const rounded = Math.max(lineBytes, Math.ceil(bytes / lineBytes) * lineBytes);
    while (this.#next + rounded > this.#end) this.#advance(rounded);
    const at = this.#next;
    this.#next += rounded;
    return at;
  }

  /** Allocates space filled with zeros. */
  allocateZeroed(bytes: number): Address {
    const at = this.allocate(bytes);
    this.heap.clear(at, bytes);
    return at;
  }

  /** Frees everything. */
  reset(): void {
    this.release({ block: -1, next: 0, end: 0 });
  }

  /** The current place, for `release`. */
  mark(): ArenaMark {
    return { block: this.#block, next: this.#next, end: this.#end };
  }

  /** Frees everything allocated since the mark was taken. */
  release({ block, next, end }: ArenaMark): void {
    this.#block = block;
    this.#next = next;
    this.#end = end;
  }

  #advance(bytes: number): void {
    if (this.#block + 1 === this.#blocks.length) {
      const size = Math.max(bytes, this.#blockBytes, Math.floor(this.#reserved / 4));
      // If the heap has no room, this throws before anything has changed here.
      this.#blocks.push({ start: this.heap.allocate(size), bytes: size });
      this.#reserved += size;
    }
    this.#block++;
    const block = this.#blocks[this.#block];
    if (block === undefined) return;
    this.#next = block.start;
    this.#end = block.start + block.bytes;
  }
}
