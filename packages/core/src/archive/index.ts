export { allFinite, firstNotFinite } from "./finite.ts";
export { floatsToHalves, halfValues, halvesToFloats } from "./half.ts";
export * from "./safetensors.ts";
export {
  readSafetensorsIndex,
  type SafetensorsIndex,
  safetensorsHeader,
  safetensorsHeaderBytes,
  type TensorPlace,
  tensorFloats,
} from "./safetensors-index.ts";
