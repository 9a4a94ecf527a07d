/** The bytes of a file or a request, in chunks of any size. */
export type ByteChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * A sliding window over a stream of bytes. It lets a reader see whole records while holding only a
 * few in memory. Only `more` waits for input.
 */
export class ByteStream {
  /** Bytes consumed since the start of the stream. */
  offset = 0;
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #buffer = new Uint8Array(1 << 16);
  #start = 0;
  #end = 0;

  constructor(chunks: ByteChunks) {
    this.#chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** The buffered bytes. Valid until the next call of `more`. */
  get window(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  take(count: number): void {
    this.#start += count;
    this.offset += count;
  }

  /** The index of a byte in the window, at or after `from`; -1 if it is not buffered. */
  find(byte: number, from = 0): number {
    return this.window.indexOf(byte, from);
  }

  /** Waits for the next chunk; false at the end of the stream. */
  async more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    this.#makeRoom(value.length);
    this.#buffer.set(value, this.#end);
    this.#end += value.length;
    return true;
  }

  /** Closes the source, as leaving a `for await` loop would. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #makeRoom(count: number): void {
    const held = this.#end - this.#start;
    if (this.#end + count <= this.#buffer.length) return;
    if (held + count > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.#buffer.length * 2, held + count));
      larger.set(this.window);
      this.#buffer = larger;
    } else this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#start = 0;
    this.#end = held;
  }
}
