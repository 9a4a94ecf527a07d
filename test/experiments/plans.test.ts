import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { readConfig } from "@weft-nlp/node";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const folder = fileURLToPath(new URL("../../experiments/", import.meta.url));

interface Plan {
  readonly seeds: readonly number[];
  readonly runs: readonly { name: string; config: string; protocol: string; init?: string; set?: string[]; seeds?: number[] }[];
}

const configOf = async ({ config, set = [] }: Plan["runs"][number]): Promise<TrainConfig> =>
  (await readConfig(join(folder, config), trainConfigSchema(), set)).value;

describe.each(readdirSync(join(folder, "plans")))("%s", (file) => {
  const plan = parse(readFileSync(join(folder, "plans", file), "utf8")) as Plan;

  test("every run has a name of its own and a configuration that trains", async () => {
    expect(new Set(plan.runs.map(({ name }) => name)).size).toBe(plan.runs.length);
    for (const run of plan.runs) expect((await configOf(run)).training.epochs, run.name).toBeGreaterThan(0);
  });

  test("a run that starts from another stands below it, has its seeds, and the same network", async () => {
    for (const [index, run] of plan.runs.entries()) {
      if (run.init === undefined) continue;
      const first = plan.runs.slice(0, index).find(({ name }) => name === run.init);
      expect(first, `${run.name} starts from ${run.init}`).toBeDefined();
      if (first === undefined) continue;
      expect(first.seeds ?? plan.seeds).toEqual(expect.arrayContaining([...(run.seeds ?? plan.seeds)]));
      const [config, of] = [await configOf(run), await configOf(first)];
      expect({ model: config.model, vocabulary: config.vocabulary, data: config.data }, run.name).toEqual({
        model: of.model,
        vocabulary: of.vocabulary,
        data: of.data,
      });
    }
  });
});

test("every configuration of experiments is one", async () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    expect((await readConfig(join(folder, file), trainConfigSchema())).value.seed, file).toBe(1);
  }
});
