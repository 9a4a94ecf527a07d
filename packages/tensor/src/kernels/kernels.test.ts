import { createHash } from "node:crypto";
import v8 from "node:v8";
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../tensor/random.ts";
import { imageBytes, type KernelCall } from "../testing/kernel-call.ts";
import { kernelCases } from "../testing/kernel-cases/index.ts";
import type { KernelName, Kernels } from "./kernels.ts";
import { bestBuild, kernelMark, loadKernels } from "./load.ts";
import { plainKernels } from "./plain.ts";
import { wasmBuilds } from "./wasm.generated.ts";

// Node 20 and 21 hide relaxed SIMD behind a flag that later versions no longer know.
if (Number(process.versions.node.split(".")[0]) < 22) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");

const relaxed = bestBuild() === "relaxed";
const builds = ["baseline", "relaxed"] as const;

function memory(shared: boolean): WebAssembly.Memory {
  const pages = imageBytes / 65536;
  return new WebAssembly.Memory(shared ? { initial: pages, maximum: 65536, shared } : { initial: pages });
}

const twinMemory = memory(false);
const twin = plainKernels(twinMemory);
const names = Object.keys(kernelCases) as KernelName[];

test("every kernel has a twin and a case", () => {
  expect(Object.keys(twin).sort()).toEqual([...names].sort());
});

test("the mark of a build is its name and the hash of its bytes", () => {
  for (const build of builds) {
    const bytes = Buffer.from(wasmBuilds[build].private, "base64");
    expect(kernelMark(build)).toBe(`${build} ${createHash("sha256").update(bytes).digest("hex")}`);
  }
  expect(kernelMark("plain")).toBe("plain");
});

// Skipped for the relaxed builds where the runtime has no relaxed SIMD.
for (const build of builds) {
  describe.skipIf(build === "relaxed" && !relaxed).each([false, true])(`${build} kernels, shared memory: %s`, (shared) => {
    const fastMemory = memory(shared);
    let fast: Kernels;
    let constants: Uint8Array;

    beforeAll(() => {
      fast = loadKernels(build, fastMemory);
      constants = Uint8Array.from(new Uint8Array(fastMemory.buffer).subarray(0, 1024));
    });

    test("the build exports every kernel and nothing else", () => {
      expect(Object.keys(fast).sort()).toEqual([...names].sort());
    });

    test.each(names)("%s does what its twin does, and writes nothing else", (name) => {
      const random = Random.of(4711, name);
      let index = 0;
      for (const call of kernelCases[name](random)) {
        expect(problems(name, call), `call ${index} with ${call.args.join(", ")}`).toEqual([]);
        index++;
      }
      expect(index).toBeGreaterThan(0);
      expect(new Uint8Array(fastMemory.buffer).subarray(0, 1024)).toEqual(constants);
    });

    function problems(name: KernelName, call: KernelCall): string[] {
      const expected = call.run(twin, name, twinMemory);
      const got = call.run(fast, name, fastMemory);
      const found = [...call.differences(expected.bytes, expected.bytes)].map((text) => `the twin: ${text}`);
      found.push(...call.differences(got.bytes, expected.bytes));
      if (expected.returned !== undefined || got.returned !== undefined) {
        const [x, y] = [got.returned ?? Number.NaN, expected.returned ?? Number.NaN];
        if (!call.close(x, y)) found.push(`returned ${x} instead of ${y}`);
      }
      return found.slice(0, 5);
    }
  });
}

test("the twin follows the memory when it grows", () => {
  const growing = new WebAssembly.Memory({ initial: 1 });
  const kernels = plainKernels(growing);
  kernels.scale(4, 2, 1024);
  growing.grow(1);
  const floats = new Float32Array(growing.buffer);
  floats.set([1, 2, 3, 4], 65536 / 4);
  kernels.scale(4, 2, 65536);
  expect([...floats.subarray(65536 / 4, 65536 / 4 + 4)]).toEqual([2, 4, 6, 8]);
});
