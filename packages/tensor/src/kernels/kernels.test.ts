import { createHash } from "node:crypto";
import v8 from "node:v8";
import { describe, expect, test } from "vitest";
import { describeItems, describeKernels } from "../testing/describe-kernels.ts";
import { contract } from "./contract/index.ts";
import { plainKernels } from "./plain.ts";
import { bestBuild, kernelMark, loadKernels } from "./providers.ts";
import { wasmBuilds } from "./wasm.generated.ts";

// Node 20 and 21 hide relaxed SIMD behind a flag that later versions no longer know.
if (Number(process.versions.node.split(".")[0]) < 22) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");

const relaxed = bestBuild() === "relaxed";
const builds = ["baseline", "relaxed"] as const;
const names = Object.keys(contract).sort();

test("every kernel has a twin", () => {
  expect(Object.keys(plainKernels(new WebAssembly.Memory({ initial: 1 }))).sort()).toEqual(names);
});

test.each(builds)("the %s build exports every kernel and nothing else", (build) => {
  const module = new WebAssembly.Module(Buffer.from(wasmBuilds[build].private, "base64"));
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  expect(exported.sort()).toEqual(names);
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
  describe.skipIf(build === "relaxed" && !relaxed)(`${build} kernels`, () => {
    describeKernels("those on private memory", (memory) => loadKernels(build, memory));
    describeKernels("those on shared memory", (memory) => loadKernels(build, memory), { shared: true });
  });
}

describeItems("plain kernels", plainKernels);

test("the twin follows the memory when it grows", () => {
  const growing = new WebAssembly.Memory({ initial: 1 });
  const kernels = plainKernels(growing);
  kernels.scale({ n: 4, factor: 2, y: 1024 });
  growing.grow(1);
  const floats = new Float32Array(growing.buffer);
  floats.set([1, 2, 3, 4], 65536 / 4);
  kernels.scale({ n: 4, factor: 2, y: 65536 });
  expect([...floats.subarray(65536 / 4, 65536 / 4 + 4)]).toEqual([2, 4, 6, 8]);
});
