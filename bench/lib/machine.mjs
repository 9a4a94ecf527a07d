import { existsSync, readFileSync } from "node:fs";
import os from "node:os";

export function machine() {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    widestVector: hasAvx512() ? "AVX-512" : undefined,
    node: process.version,
    system: `${os.platform()} ${os.arch()}`,
  };
}

export function machineLine({ processor, cores, memoryGb, widestVector, node, system }) {
  const vector = widestVector === undefined ? "" : ` with ${widestVector}`;
  return `${processor}${vector}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}`;
}

export function hasAvx512() {
  return existsSync("/proc/cpuinfo") && / avx512f /.test(readFileSync("/proc/cpuinfo", "utf8"));
}
