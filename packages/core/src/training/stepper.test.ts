import { Optimizer } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { buildModel } from "../inference/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { buildLexicon } from "../vocabulary/index.ts";
import { parseConfig } from "./config.ts";
import { localExecutor } from "./executor.ts";
import { gradientBuffers, Stepper } from "./stepper.ts";

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

test("chunks share gradient buffers if a buffer for each would take too much memory", () => {
  const gibibyte = 2 ** 30;
  // A recurrent model, MiniLM, and BERT-base, in batches of 10 chunks.
  expect([4e5, 4.2e7, 3.4e8, 2e9].map((bytes) => gradientBuffers(10, bytes, gibibyte))).toEqual([10, 10, 3, 2]);
  expect(gradientBuffers(1, 2e9, gibibyte)).toBe(1);
  expect(gradientBuffers(10, 0, gibibyte)).toBe(10);
});

test("a step with shared buffers moves the weights as one with a buffer for each chunk", async () => {
  const step = async (maxBytes: number) => {
    const config = parseConfig({
      data: { train: "-", dev: "-" },
      model: { name: "rin", rounds: 1, inputs: { words: { size: 6 } }, hiddenSize: 5 },
      optimizer: { name: "sgd", rate: 0.1 },
      training: { batch: 8, chunk: 1 },
    });
    const { name, ...settings } = config.model;
    const lexicon = buildLexicon(eightSentences, config.vocabulary);
    const built = buildModel({ name, settings, lexicon, threshold: 0.5 }, { build: "baseline" });
    const examples = eightSentences.map((sentence) => built.encoder.encode(sentence, []));
    const optimizer = new Optimizer(built.engine, built.store, config.optimizer);
    const local = await localExecutor(built);
    const waves: number[] = [];
    const executor = {
      ...local,
      gradients: (tasks: Parameters<typeof local.gradients>[0]) => {
        waves.push(tasks.length);
        return local.gradients(tasks);
      },
    };
    const stepper = new Stepper(built, optimizer, executor, config, 10, maxBytes);
    // The second step starts from buffers that hold the first one's gradients.
    const events = [await stepper.step(examples, 1, 0), await stepper.step(examples.slice(3), 1, 1)];
    const weights = built.store.layout.flatMap((parameter) => [...built.store.read(parameter)]);
    return { waves, losses: events.map(({ loss }) => loss), weights, bytes: built.store.denseSize * 4 };
  };
  const own = await step(2 ** 30);
  const shared = await step(3 * own.bytes);
  expect([own.waves, shared.waves]).toEqual([
    [8, 5],
    [3, 3, 2, 3, 2],
  ]);
  expect(shared.losses).toEqual(own.losses.map((loss) => expect.closeTo(loss, 5)));
  expect(shared.weights).toEqual(own.weights.map((weight) => expect.closeTo(weight, 5)));
});
