import v8 from "node:v8";

/**
 * Node 20 and 21 compile relaxed SIMD only with this flag. Later versions always do, and reject the
 * flag.
 */
export function allowRelaxedSimd(): void {
  if (Number(process.versions.node.split(".")[0]) < 22) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}
