import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providers } from "@weft-nlp/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareKernels } from "../../packages/node/src/workers/prepare-kernels.ts";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-kernels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

const { missingNative } = prepareKernels();
const builds = providers.filter((provider) => provider.build !== "plain" && provider.isAvailable()).map(({ build }) => build);
const text = "Mara Voss founded Kettle Robotics in Bremen and still leads it.\n";
const model = new URL("../../examples/model", import.meta.url).pathname;
const sha256 = (run: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, run, "model/model.safetensors")))
    .digest("hex");

describe.each(builds)("the %s kernels", (build) => {
  test("train to the same bytes with 1, 2 and 3 threads, and when every call is checked", async () => {
    const runs = [
      { run: `${build}-1`, threads: 1 },
      { run: `${build}-2`, threads: 2 },
      { run: `${build}-3`, threads: 3 },
      { run: `${build}-checked`, threads: 2, env: { WEFT_CHECK_KERNELS: "1" } },
    ];
    for (const { run, threads, env = {} } of runs) {
      const args = ["train", "weft.yaml", "--run", run, "--kernels", build, "--threads", String(threads)];
      const { code, err } = await weft(args, { cwd: folder, env });
      expect(code, err).toBe(0);
      expect(err).toContain(`${build} kernels`);
    }
    expect(new Set(runs.map(({ run }) => sha256(run))).size).toBe(1);
    const mark = new RegExp(`\\b${build}( \\w+)? [0-9a-f]{64}\\b`);
    expect(readFileSync(join(folder, `${build}-1/config.yaml`), "utf8")).toMatch(mark);
    expect(readFileSync(join(folder, `${build}-1/model/README.md`), "utf8")).toMatch(mark);
  });
});

test.skipIf(missingNative !== undefined)("native kernels are the default, and doctor names them", async () => {
  const { out } = await weft(["doctor", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ kernels: "native", nativeKernels: true });
});

test("an addon that does not load costs one line, and WebAssembly computes", async () => {
  const broken = join(folder, "broken.node");
  writeFileSync(broken, "no machine code");
  const env = { WEFT_NATIVE_ADDON: broken };
  const { code, out, err } = await weft(["extract", model], { input: text, env });
  expect(code).toBe(0);
  expect(err.match(/^the native kernels do not load: .*; WebAssembly computes instead$/gm)).toHaveLength(1);
  expect(out).toBe((await weft(["extract", model, "--kernels", "relaxed"], { input: text })).out);
  const doctor = await weft(["doctor"], { env });
  expect(doctor.out).toContain("the native kernels do not load: ");
  const asked = await weft(["extract", model, "--kernels", "native"], { input: text, env });
  expect([asked.code, asked.out]).toEqual([1, ""]);
  expect(asked.err).toContain("omit the option to use WebAssembly");
});

test("kernels that contradict --deterministic are refused", async () => {
  const { code, err } = await weft(["extract", model, "--kernels", "relaxed", "--deterministic"], { input: text });
  expect(code).toBe(1);
  expect(err).toContain("the relaxed kernels are not deterministic across processors");
});
