import type { Address, Kernels } from "../kernels/kernels.ts";
import type { LinearMemory } from "../kernels/linear-memory.ts";
import { bestBuild, type KernelBuild, loadKernels } from "../kernels/providers.ts";
import { Heap } from "../memory/heap.ts";
import { padded } from "./matrix.ts";
import type { ParameterStore } from "./parameter-store.ts";

type Wrap = (kernels: Kernels, memory: LinearMemory) => Kernels;

/** A memory and the kernels that work on it. */
export class Engine {
  readonly heap: Heap;
  readonly build: KernelBuild;
  readonly kernels: Kernels;

  private constructor(heap: Heap, build: KernelBuild, wrap: Wrap = (kernels) => kernels) {
    this.heap = heap;
    this.build = build;
    this.kernels = wrap(loadKernels(build, heap.memory), heap.memory);
  }

  /**
   * @param options.build defaults to the fastest that runs here
   * @param options.shared whether worker threads will attach to the same memory; defaults to false
   * @param options.wrap wraps the kernels, for example in `checkedKernels` of the testing entry;
   *   defaults to no wrapper
   */
  static create(options: { build?: KernelBuild; shared?: boolean; wrap?: Wrap } = {}): Engine {
    const { build = bestBuild(), shared = false, wrap } = options;
    return new Engine(Heap.create({ shared }), build, wrap);
  }

  /**
   * Creates an engine on the memory of another thread's engine.
   *
   * @param holdings where it notes what it allocates; see `Heap.openHoldings`
   */
  static attach(memory: LinearMemory, build: KernelBuild, holdings?: Address): Engine {
    return new Engine(new Heap(memory, holdings), build);
  }

  /** Updates the transposed copies of all weights, which backward passes read. */
  refreshTransposed(store: ParameterStore): void {
    for (const { rows, stride, at, transposed } of store.layout) {
      if (transposed !== 0)
        this.kernels.transpose({ m: rows, n: stride, x: at, xStride: stride, y: transposed, yStride: padded(rows) });
    }
  }
}
