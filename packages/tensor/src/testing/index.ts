// For people who write an operation, or kernels: the suites that ours pass. Needs vitest.

export { describeKernels } from "./describe-kernels.ts";
export { describeOp } from "./describe-op.ts";
export { type Facts, lossFactor, type OpCase, opCase, type Rows, type Sizes, tapeSeed } from "./op-case.ts";
