import { TensorError } from "../errors.ts";
import type { Address } from "../kernels/kernels.ts";
import type { LinearMemory } from "../kernels/linear-memory.ts";

const pageBytes = 65536;
const maximumPages = 65536;
/**
 * The first addresses stay free, so that 0 can mean "none"; word 4 counts the lines handed out,
 * word 5 the changes of weights.
 */
const firstLine = 16;
const counterWord = 4;
const changesWord = 5;
const lineBytes = 64;

/**
 * Words of the line in front of every piece of holdings: the address of the next piece, the lines
 * of this one without that line, and whether it is in use. The first line of all has only `next`.
 */
const nextWord = 0;
const linesWord = 1;
const usedWord = 2;

/**
 * One linear memory that only grows. An atomic counter inside it hands out addresses, so workers
 * that share the memory allocate without messages. Fresh memory is zero.
 */
export class Heap {
  readonly memory: LinearMemory;
  readonly shared: boolean;
  readonly #holdings: Address | undefined;
  #f32 = new Float32Array(0);
  #i32 = new Int32Array(0);
  #u8 = new Uint8Array(0);

  /**
   * @param memory a memory created by `Heap.create`, in this or another thread
   * @param holdings notes every allocation in these holdings, which no other heap may use, and
   * takes
   *   the free pieces there before it takes more memory
   */
  constructor(memory: LinearMemory, holdings?: Address) {
    this.memory = memory;
    this.#holdings = holdings;
    this.shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  }

  /** @param options.shared whether threads will share the memory; defaults to false */
  static create(options: { shared?: boolean } = {}): Heap {
    const shared = options.shared ?? false;
    const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared }));
    heap.i32[counterWord] = firstLine;
    return heap;
  }

  get f32(): Float32Array {
    if (this.#f32.buffer !== this.memory.buffer) this.#f32 = new Float32Array(this.memory.buffer);
    return this.#f32;
  }

  get i32(): Int32Array {
    if (this.#i32.buffer !== this.memory.buffer) this.#i32 = new Int32Array(this.memory.buffer);
    return this.#i32;
  }

  get u8(): Uint8Array {
    if (this.#u8.buffer !== this.memory.buffer) this.#u8 = new Uint8Array(this.memory.buffer);
    return this.#u8;
  }

  /**
   * Allocates permanent space, which is never freed. It is aligned to a cache line and holds zeros.
   *
   * @throws {TensorError} MEMORY_EXHAUSTED past the 4 GiB that WebAssembly addresses, or if the
   *   machine has no more memory
   */
  allocate(bytes: number): Address {
    const lines = Math.ceil(bytes / lineBytes);
    return this.#holdings === undefined ? this.#take(lines) : this.#hold(lines, this.#holdings);
  }

  /**
   * Starts an empty list of the space that one thread allocates. When the thread has ended,
   * `freeHoldings` leaves all of it to the thread that comes after it.
   */
  openHoldings(): Address {
    return this.#take(1);
  }

  /**
   * Frees everything in these holdings, for the next heap that is created with them. The thread
   * that used them must have ended, and nothing of what it left there may still be needed.
   */
  freeHoldings(holdings: Address): void {
    for (let piece = this.#word(holdings, nextWord); piece !== 0; piece = this.#word(piece, nextWord)) {
      this.i32[piece / 4 + usedWord] = 0;
    }
  }

  /** The smallest free piece that is large enough, or else a new one. */
  #hold(lines: number, holdings: Address): Address {
    let best = 0;
    for (let piece = this.#word(holdings, nextWord); piece !== 0; piece = this.#word(piece, nextWord)) {
      const size = this.#word(piece, linesWord);
      if (this.#word(piece, usedWord) === 1 || size < lines) continue;
      if (best === 0 || size < this.#word(best, linesWord)) best = piece;
    }
    if (best !== 0) {
      this.i32[best / 4 + usedWord] = 1;
      this.clear(best + lineBytes, lines * lineBytes);
      return best + lineBytes;
    }
    const piece = this.#take(lines + 1);
    const head = this.integers(piece, 3);
    head[nextWord] = this.#word(holdings, nextWord);
    head[linesWord] = lines;
    head[usedWord] = 1;
    // Last, so that a thread that is ended in between leaves a list that can be read.
    this.i32[holdings / 4 + nextWord] = piece;
    return piece + lineBytes;
  }

  /** A word of a line, as the unsigned number that it holds. */
  #word(line: Address, word: number): number {
    return (this.integers(line, 3)[word] as number) >>> 0;
  }

  #take(lines: number): Address {
    for (;;) {
      const start = Atomics.load(this.i32, counterWord);
      // Grow first: a request that does not fit takes nothing from smaller ones.
      this.#grow((start + lines) * lineBytes);
      if (Atomics.compareExchange(this.i32, counterWord, start, start + lines) === start) return start * lineBytes;
    }
  }

  /** A view of `count` floats. It goes stale when the memory grows, so use it at once. */
  floats(at: Address, count: number): Float32Array {
    this.#reach(at + count * 4);
    return this.f32.subarray(at / 4, at / 4 + count);
  }

  /** A view of `count` 32-bit integers. It goes stale when the memory grows, so use it at once. */
  integers(at: Address, count: number): Int32Array {
    this.#reach(at + count * 4);
    return this.i32.subarray(at / 4, at / 4 + count);
  }

  /**
   * How often any thread has changed weights in this memory. Results computed from the weights stay
   * valid while this number does not change.
   */
  get weightChanges(): number {
    return Atomics.load(this.i32, changesWord);
  }

  /** Counts a change. Call it after changing a weight. */
  countWeightChange(): void {
    Atomics.add(this.i32, changesWord, 1);
  }

  /**
   * Fills a range with zeros. In shared memory `fill` stores byte by byte, which takes seven times
   * as long as copying a block of zeros.
   */
  clear(at: Address, bytes: number): void {
    if (!this.shared) {
      this.u8.fill(0, at, at + bytes);
      return;
    }
    this.#reach(at + bytes);
    for (let done = 0; done < bytes; done += zeros.length) {
      this.u8.set(bytes - done < zeros.length ? zeros.subarray(0, bytes - done) : zeros, at + done);
    }
  }

  /**
   * Makes the buffer reach up to `end`. A thread that starts while another grows the memory may see
   * the buffer of before, until it asks for a growth itself.
   */
  #reach(end: number): void {
    if (this.shared && this.memory.buffer.byteLength < end) this.memory.grow(0);
  }

  /**
   * Grows the memory by at least an eighth, because each growth costs the runtime a new buffer and,
   * since it counts the bytes, eventually a garbage collection. Untouched pages take no physical
   * memory.
   */
  #grow(end: number): void {
    for (let { byteLength } = this.memory.buffer; byteLength < end; { byteLength } = this.memory.buffer) {
      const missing = Math.ceil((end - byteLength) / pageBytes);
      const ample = Math.min(Math.max(missing, byteLength / pageBytes / 8), maximumPages - byteLength / pageBytes);
      if (ample > missing && this.#grown(ample)) continue;
      try {
        this.memory.grow(missing);
      } catch (cause) {
        throw new TensorError("MEMORY_EXHAUSTED", `no room for ${Math.ceil(end / 2 ** 20)} MiB of linear memory`, { cause });
      }
    }
  }

  #grown(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }
}

const zeros = new Uint8Array(pageBytes);
