import { expect, test } from "vitest";
import { describeModel, type ModelCase } from "../testing/describe-model.ts";
import { type ModelName, models } from "./index.ts";

/** A small network of every model; one that is missing here does not type-check, and fails below. */
const cases = {
  rin: {
    settings: { rounds: 2, wordSize: 6, posSize: 3, hiddenSize: 5, inputDropout: 0 },
    noise: { inputDropout: 0.5, wordDropout: 0.5 },
  },
  "joint-nn": {
    settings: {
      ...{ wordSize: 6, characterSize: 4, characterFilters: 5, hiddenSize: 5, spanFilters: 4, mlpSize: 8, distances: 4 },
      ...{ dropout: 0, tagsRead: "gold", means: "sentence" },
    },
    noise: { dropout: 0.5, wordDropout: 0.5, tagsRead: "scheduled" },
    rare: /label\/weight$|distance/,
    severalRelationsOfAPair: false,
    reach: 0.004,
  },
} satisfies Record<ModelName, ModelCase>;

test("every model of the catalogue is under contract and goes by its name", () => {
  expect(Object.keys(cases)).toEqual(Object.keys(models));
  for (const [name, definition] of Object.entries(models)) expect(definition.name).toBe(name);
});

for (const name of Object.keys(cases) as ModelName[]) describeModel(models[name], cases[name]);
