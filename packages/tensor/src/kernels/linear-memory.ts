/**
 * The linear memory of an engine: a `WebAssembly.Memory`, described by what Weft uses of it. The
 * published types name no global of one runtime, so they check without the DOM's library.
 */
export interface LinearMemory {
  /**
   * The bytes. A memory that has grown has a new buffer. That of a shared memory is a
   * `SharedArrayBuffer`, which the types of WebAssembly do not distinguish.
   */
  readonly buffer: ArrayBuffer;
  /** @param pages of 64 KiB each @returns the size before, in pages */
  grow(pages: number): number;
}
