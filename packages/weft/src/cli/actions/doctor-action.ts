import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { cacheFolder, listEncoders, shownName } from "@weft-nlp/node/encoders";
import { writeFileAtomically } from "@weft-nlp/node/files";
import { prepareKernels } from "@weft-nlp/node/workers";
import { bestBuild, Engine, kernelMark, providers } from "@weft-nlp/tensor";
import type { CommandContext, Handler } from "../command.ts";
import type { doctorCommand } from "../commands/doctor-command.ts";
import { describeFailure } from "../failure.ts";

interface Finding {
  readonly name: string;
  readonly value: string | number | boolean;
  readonly fine: boolean;
  readonly words: string;
}

export const run: Handler<typeof doctorCommand> = async (context) => {
  const findings = await examine(context);
  const fine = findings.every((finding) => finding.fine);
  if (context.terminal.json) {
    await context.terminal.printJson({ fine, ...Object.fromEntries(findings.map(({ name, value }) => [name, value])) });
  } else await context.terminal.print(describe(findings, context));
  return fine ? 0 : 1;
};

async function examine(context: CommandContext): Promise<Finding[]> {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const current = major > 20 || (major === 20 && minor >= 19);
  const { missingNative } = prepareKernels();
  const build = bestBuild();
  const runs = (name: string): boolean => providers.some((provider) => provider.build === name && provider.isAvailable());
  const threads = hasSharedMemory();
  const cores = availableParallelism();
  const folder = await writeAccess();
  const gflops = Math.round(multiplySpeed(context.signal) * 10) / 10;
  const gib = (bytes: number): number => Math.round((bytes / 2 ** 30) * 10) / 10;
  return [
    { name: "node", value: version, fine: current, words: current ? version : `${version}, but Weft requires 20.19 or later` },
    { name: "platform", value: `${process.platform} ${process.arch}`, fine: true, words: `${process.platform} ${process.arch}` },
    { name: "processor", value: processorName(), fine: true, words: processorName() },
    { name: "cores", value: cores, fine: true, words: `${cores} available` },
    { name: "memoryGiB", value: gib(totalmem()), fine: true, words: `${gib(totalmem())} GiB, ${gib(freemem())} GiB free` },
    { name: "simd", value: runs("baseline"), fine: true, words: runs("baseline") ? "yes" : "no; computing is slow" },
    { name: "relaxedSimd", value: runs("relaxed"), fine: true, words: runs("relaxed") ? "yes" : "no" },
    { name: "nativeKernels", value: runs("native"), fine: true, words: missingNative ?? nativeWords() },
    {
      name: "sharedMemory",
      value: threads,
      fine: true,
      words: threads ? "yes: several threads share one model" : "no: one thread only",
    },
    { name: "kernels", value: build, fine: true, words: `${build}, the fastest that runs here; --kernels chooses others` },
    {
      name: "gflops",
      value: gflops,
      fine: true,
      words: `${gflops} GFLOP/s on one core, multiplying matrices of ${side} × ${side}`,
    },
    await encodersFinding(),
    folder,
  ];
}

const labels: Readonly<Record<string, string>> = {
  node: "Node",
  platform: "platform",
  processor: "processor",
  cores: "cores",
  memoryGiB: "memory",
  simd: "WebAssembly SIMD",
  relaxedSimd: "relaxed SIMD",
  nativeKernels: "native kernels",
  sharedMemory: "shared memory",
  kernels: "kernels",
  gflops: "speed",
  encoders: "encoders",
  folder: "working folder",
};

function describe(findings: readonly Finding[], { terminal: { style } }: CommandContext): string {
  const width = Math.max(...Object.values(labels).map((label) => label.length));
  const lines = findings.map(({ name, fine, words }) => {
    const mark = fine ? style("green", "✓") : style("red", "✗");
    return `${mark} ${style("dim", (labels[name] ?? name).padEnd(width))}  ${words}`;
  });
  return lines.join("\n");
}

function nativeWords(): string {
  const [, set, digest = ""] = kernelMark("native").split(" ");
  return `${set}, build ${digest.slice(0, 12)}`;
}

function processorName(): string {
  return cpus()[0]?.model.trim() || "unknown";
}

function hasSharedMemory(): boolean {
  try {
    return Engine.create({ shared: true }).heap.shared;
  } catch {
    return false;
  }
}

/** The pretrained encoders that models can read by their names. */
async function encodersFinding(): Promise<Finding> {
  const names = (await listEncoders()).map(shownName);
  const words = names.length === 0 ? `none in ${cacheFolder()}; weft encoder add fetches one` : names.join(", ");
  return { name: "encoders", value: names.length, fine: true, words };
}

async function writeAccess(): Promise<Finding> {
  const path = join(process.cwd(), `.weft-doctor-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await writeFileAtomically(path, "weft\n");
    await rm(path);
    return { name: "folder", value: true, fine: true, words: `${process.cwd()} is writable` };
  } catch (error) {
    const { message } = describeFailure(error);
    return { name: "folder", value: false, fine: false, words: `${process.cwd()}: ${message}` };
  }
}

const side = 256;

/**
 * The speed of matrix multiplication on one core, in billions of multiplications and additions per
 * second, measured for a second.
 */
function multiplySpeed(signal: AbortSignal): number {
  const { heap, kernels } = Engine.create();
  const bytes = side * side * 4;
  const [a, b, out] = [heap.allocate(bytes), heap.allocate(bytes), heap.allocate(bytes)];
  heap.floats(a, side * side).fill(0.5);
  heap.floats(b, side * side).fill(0.25);
  const run = (): void =>
    kernels.gemm({ m: side, n: side, k: side, a, aStride: side, b, bStride: side, c: out, cStride: side, accumulate: 0 });
  const warmUpEnd = performance.now() + 100;
  while (performance.now() < warmUpEnd) run();
  const start = performance.now();
  let runs = 0;
  while (performance.now() < start + 900 && !signal.aborted) {
    run();
    runs++;
  }
  return (2 * side ** 3 * runs) / (performance.now() - start) / 1e6;
}
