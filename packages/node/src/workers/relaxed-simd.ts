import v8 from "node:v8";

/**
 * Node 20 and 21 compile relaxed SIMD only behind this flag; later ones always do, and no longer
 * know the flag.
 */
export function allowRelaxedSimd(): void {
  if (Number(process.versions.node.split(".")[0]) < 22) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}
