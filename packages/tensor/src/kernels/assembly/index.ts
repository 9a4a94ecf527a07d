// Every exported function is a kernel: addresses are bytes, counts and strides are floats. `../kernels.ts` declares the same list for
// TypeScript, `../plain.ts` holds the plain twin of each.
export * from "./elementwise";
export * from "./gemm";
export * from "./losses";
export * from "./normalise";
export * from "./optimise";
export * from "./pairs";
export * from "./recurrent";
export * from "./spans";
export * from "./windows";
