// The kernels of `@weft-nlp/tensor` as machine code, for Node.
export type { InstructionSet } from "./load-addon.ts";
export { type NativeKernels, nativeKernels } from "./native-provider.ts";
export { platformName } from "./platform.ts";
