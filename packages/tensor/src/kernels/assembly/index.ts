// Every exported function is a kernel: addresses are bytes, counts and strides are floats.
// `../contract/` lists the parameters of each in the same order, `../plain/` holds its twin in
// plain TypeScript.
export * from "./attention";
export * from "./elementwise";
export * from "./gemm";
export * from "./losses";
export * from "./normalise";
export * from "./optimise";
export * from "./pairs";
export * from "./recurrent";
export * from "./spans";
export * from "./windows";
