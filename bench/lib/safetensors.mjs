import { readFileSync } from "node:fs";

/** Reads the arrays of 32-bit floats of a safetensors file, one when it is asked for. */
export function floatArrays(file) {
  const bytes = readFileSync(file);
  const header = Number(bytes.readBigUInt64LE(0));
  const entries = JSON.parse(bytes.toString("utf8", 8, 8 + header));
  return (name) => {
    const { dtype, shape, data_offsets: ends = [] } = entries[name] ?? {};
    if (dtype !== "F32") return undefined;
    const [start, end] = ends.map((end) => bytes.byteOffset + 8 + header + end);
    return { shape, values: new Float32Array(bytes.buffer.slice(start, end)) };
  };
}
