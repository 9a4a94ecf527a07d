import type { Kernels } from "../kernels/kernels.ts";
import { bestBuild, type KernelBuild, loadKernels } from "../kernels/load.ts";
import { Heap } from "../memory/heap.ts";
import { padded } from "./matrix.ts";
import type { ParameterStore } from "./parameter-store.ts";

/** A memory and the kernels that work on it. */
export class Engine {
  readonly heap: Heap;
  readonly build: KernelBuild;
  readonly kernels: Kernels;

  private constructor(heap: Heap, build: KernelBuild) {
    this.heap = heap;
    this.build = build;
    this.kernels = loadKernels(build, heap.memory);
  }

  /** @param options.shared true where worker threads shall attach to the same memory */
  static create(options: { build?: KernelBuild; shared?: boolean } = {}): Engine {
    return new Engine(Heap.create(options.shared === undefined ? {} : { shared: options.shared }), options.build ?? bestBuild());
  }

  /** An engine on the memory of another one, in a thread of its own. */
  static attach(memory: WebAssembly.Memory, build: KernelBuild): Engine {
    return new Engine(new Heap(memory), build);
  }

  /** Brings the transposed copies of all weights up to date; backward passes read them. */
  refreshTransposed(store: ParameterStore): void {
    for (const { rows, stride, at, transposed } of store.layout) {
      if (transposed !== 0)
        this.kernels.transpose({ m: rows, n: stride, x: at, xStride: stride, y: transposed, yStride: padded(rows) });
    }
  }
}
