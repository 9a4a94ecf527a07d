import { Optimizer } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { buildModel } from "../inference/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { buildLexicon } from "../vocabulary/index.ts";
import { parseConfig } from "./config.ts";
import { localExecutor } from "./executor.ts";
import { Stepper } from "./stepper.ts";

test("a step of more sentences than training.batch is refused, and moves no weight", async () => {
  const config = parseConfig({
    data: { train: "-", dev: "-" },
    model: { name: "rin", rounds: 1, inputs: { words: { size: 6 } }, hiddenSize: 5 },
    training: { batch: 4, chunk: 2 },
  });
  const { name, ...settings } = config.model;
  const lexicon = buildLexicon(eightSentences, config.vocabulary);
  const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, { build: "baseline" });
  const examples = eightSentences.map((sentence) => built.encoder.encode(sentence, []));
  const optimizer = new Optimizer(built.engine, built.store, config.optimizer);
  const stepper = new Stepper(built, optimizer, await localExecutor(built), config, 10);
  const weights = (): number[] => built.store.layout.flatMap((parameter) => [...built.store.read(parameter)]);
  const before = weights();
  await expect(stepper.step(examples, 1, 0)).rejects.toThrow("a step of 8 sentences, but training.batch is 4");
  expect(weights()).toEqual(before);
  expect((await stepper.step(examples.slice(0, 4), 1, 0)).sentences).toBe(4);
  expect(weights()).not.toEqual(before);
});
