import type { LinearMemory } from "../linear-memory.ts";
/**
 * The memory as numbers. It makes new views when the memory has grown, so a kernel asks for them
 * once, at its start.
 */
export class Views {
  readonly #memory: LinearMemory;
  #f32 = new Float32Array(0);
  #i32 = new Int32Array(0);

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  get f32(): Float32Array {
    const { buffer } = this.#memory;
    if (this.#f32.buffer !== buffer) this.#f32 = new Float32Array(buffer);
    return this.#f32;
  }

  get i32(): Int32Array {
    const { buffer } = this.#memory;
    if (this.#i32.buffer !== buffer) this.#i32 = new Int32Array(buffer);
    return this.#i32;
  }
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
