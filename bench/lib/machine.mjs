import { existsSync, readFileSync } from "node:fs";
import os from "node:os";

export function machine() {
  return {
    processor: processor(),
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
  return / avx512f /.test(cpuInfo());
}

/** The name of the processor; virtual machines hide its number, not its family and model. */
function processor() {
  const name = os.cpus()[0]?.model.trim() ?? "unknown";
  const [family, model] = ["cpu family", "model"].map((field) => new RegExp(`^${field}\\s*: (\\d+)$`, "m").exec(cpuInfo())?.[1]);
  return model === undefined || /\d/.test(name) ? name : `${name} (family ${family}, model ${model})`;
}

const cpuInfo = () => (existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "");
