import { checkedKernels } from "../kernels/checked-kernels.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { bestBuild, type KernelBuild, loadKernels } from "../kernels/providers.ts";
import { Heap } from "../memory/heap.ts";
import { padded } from "./matrix.ts";
import type { ParameterStore } from "./parameter-store.ts";

/** A memory and the kernels that work on it. */
export class Engine {
  readonly heap: Heap;
  readonly build: KernelBuild;
  readonly kernels: Kernels;

  private constructor(heap: Heap, build: KernelBuild, check = false) {
    const kernels = loadKernels(build, heap.memory);
    this.heap = heap;
    this.build = build;
    this.kernels = check ? checkedKernels(kernels, heap.memory) : kernels;
  }

  /**
   * @param options.build defaults to the fastest that runs here
   * @param options.shared whether worker threads will attach to the same memory; defaults to false
   * @param options.check whether every call of a kernel is held against the contract, for tests;
   * defaults to false
   */
  static create(options: { build?: KernelBuild; shared?: boolean; check?: boolean } = {}): Engine {
    const { build = bestBuild(), shared = false, check } = options;
    return new Engine(Heap.create({ shared }), build, check);
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
