import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuiltModel } from "@weft-nlp/core/inference";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { createServer } from "@weft-nlp/server";
import { afterAll, expect, test } from "vitest";
import { runMany } from "../../packages/node/src/experiments/run-many.ts";
import { Extractor } from "../../packages/node/src/extractor/extractor.ts";
import { readConfig } from "../../packages/node/src/files/config-file.ts";
import { resolvePaths } from "../../packages/node/src/runs/resolve-paths.ts";
import { trainRun } from "../../packages/node/src/runs/train-run.ts";
import { checkedThreads } from "../../packages/node/src/workers/checked-threads.ts";
import { threadExecutor } from "../../packages/node/src/workers/thread-executor.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const repository = new URL("../..", import.meta.url);
const model = fileURLToPath(new URL("examples/model", repository));

const refusal = { code: "SETTING_INVALID", message: "threads: expected a whole number of at least 1, found 0 (SETTING_INVALID)" };

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s threads", (threads) => {
  expect(() => checkedThreads(threads)).toThrow(`found ${threads}`);
});

test("every entry point refuses 0 threads before writing anything", async () => {
  const config = resolvePaths(
    await readConfig(fileURLToPath(new URL("examples/corpus/weft.yaml", repository)), trainConfigSchema()),
  );
  const run = { name: "one", folder: join(folder, "one"), config };
  await expect(Extractor.open(model, { threads: 0 })).rejects.toMatchObject(refusal);
  await expect(trainRun({ config, folder: run.folder, threads: 0 }).next()).rejects.toMatchObject(refusal);
  await expect(runMany([run], { threads: 0 }).next()).rejects.toMatchObject(refusal);
  await expect(threadExecutor({} as BuiltModel, 0)).rejects.toMatchObject(refusal);
  await expect(createServer({ models: [{ name: "model", folder: model }], threads: 0 })).rejects.toMatchObject(refusal);
  expect(readdirSync(folder)).toEqual([]);
});
