// For people who write operations or kernels: the suites that ours pass, and checks. Needs vitest.

export { checkedKernels, type Range, rangesOf } from "../kernels/checked-kernels.ts";
export { describeKernels } from "./describe-kernels.ts";
export { describeOp } from "./describe-op.ts";
export { type Facts, lossFactor, type OpCase, opCase, type Rows, type Sizes, tapeSeed } from "./op-case.ts";
