import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { readConfig } from "@weft-nlp/node";
import { describe, expect, test } from "vitest";
import { experimentRuns, readExperimentPlan } from "../../packages/node/src/experiments/experiment-plan.ts";

const folder = fileURLToPath(new URL("../../experiments/", import.meta.url));

describe.each(readdirSync(join(folder, "plans")))("%s", (file) => {
  const runs = readExperimentPlan(join(folder, "plans", file)).then(async (plan) => experimentRuns(plan, "runs/plan"));

  test("every run has a unique name, test data and a valid configuration", async () => {
    const planned = await runs;
    expect(new Set(planned.map(({ name }) => name)).size).toBe(planned.length);
    for (const { name, config, test } of planned) {
      expect(config.training.epochs, name).toBeGreaterThan(0);
      expect(test, name).toMatch(/shared\/data\/\w+\/(test|dev)\.jsonl\.gz$|-folds\/\d+\/test\.jsonl$/);
    }
  });

  test("a run that starts from another has the same network, vocabulary and data", async () => {
    const planned = await runs;
    for (const { name, config, after } of planned) {
      if (after === undefined) continue;
      const first = planned.find((each) => each.name === after)?.config;
      const { model, vocabulary, data } = config;
      expect({ model, vocabulary, data }, name).toEqual({
        model: first?.model,
        vocabulary: first?.vocabulary,
        data: first?.data,
      });
    }
  });
});

test("every configuration in experiments is valid", async () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    expect((await readConfig(join(folder, file), trainConfigSchema())).value.seed, file).toBe(1);
  }
});
