import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * A program that measures the peak of one core, compiled for this machine; without a C compiler,
 * the reason why there is none.
 *
 * @returns {{ command: string } | { reason: string }}
 */
export function peakProgram() {
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  const command = path("../../.cache/bench/peak");
  const compilers = [...(process.env.CC === undefined ? [] : [process.env.CC]), "cc", "gcc", "clang"];
  for (const compiler of compilers) {
    const flags = ["-O3", "-march=native", "-ffp-contract=fast", "-o", command, path("peak.c")];
    if (spawnSync(compiler, flags).status === 0) return { command };
  }
  return { reason: `no C compiler (${compilers.join(", ")}); name the peak with --peak GFLOPS` };
}
