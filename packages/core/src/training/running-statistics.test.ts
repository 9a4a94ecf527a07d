import { expect, test } from "vitest";
import { packModel, readWeights } from "../inference/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { parseConfig } from "./config.ts";
import type { EndEvent } from "./events.ts";
import { type ExecutorFactory, localExecutor } from "./executor.ts";
import { train } from "./train.ts";
import type { TrainInput } from "./train-input.ts";

const model = {
  ...{
    name: "bio-mtl",
    inputs: { words: { size: 6 }, tags: { size: 3 } },
    positionSize: 3,
    positions: 5,
    windows: [1, 2],
    filters: 5,
    hiddenSize: 7,
  },
  ...{ batchNorm: true, batchNormMomentum: 0.5, dropout: 0.2, pooledDropout: 0.5, spatialDropout: 0.2 },
};

function input(training: object = {}, more: Partial<TrainInput> = {}): TrainInput {
  const config = parseConfig({
    ...{ data: { train: "train.jsonl", dev: "dev.jsonl" }, model },
    training: { epochs: 3, batch: 5, chunk: 2, ...training },
  });
  return { config, train: eightSentences, dev: eightSentences.slice(0, 3), engine: { build: "baseline" }, ...more };
}

async function run(given: TrainInput): Promise<{ end: EndEvent; checkpoints: Uint8Array[] }> {
  const checkpoints: Uint8Array[] = [];
  for await (const event of train(given)) {
    if (event.kind === "checkpoint") checkpoints.push(event.bytes());
    if (event.kind === "end") return { end: event, checkpoints };
  }
  throw new Error("training ended without an end event");
}

const bytesOf = ({ model: built }: EndEvent): Uint8Array => packModel(built)["model.safetensors"];

function statisticsOf({ model: built }: EndEvent): Map<string, readonly number[]> {
  const all = [...readWeights(built.store)].filter(([name]) => /norm\/(mean|variance)$/.test(name));
  return new Map(all.map(([name, { values }]) => [name, [...values]]));
}

test("training moves every running mean and variance, and the archive holds them", async () => {
  const statistics = statisticsOf((await run(input())).end);
  const names = ["pooled", "hidden"].flatMap((layer) => [`bio-mtl/${layer}-norm/mean`, `bio-mtl/${layer}-norm/variance`]);
  expect([...statistics.keys()]).toEqual(names);
  for (const [name, values] of statistics) {
    const first = name.endsWith("mean") ? 0 : 1;
    expect(values.filter((value) => value === first).length, name).toBeLessThan(values.length / 2);
  }
});

test("resuming any checkpoint gives the bytes of the uninterrupted training", async () => {
  const whole = await run(input());
  expect(whole.checkpoints).toHaveLength(3);
  for (const bytes of whole.checkpoints) {
    const resumed = await run(input({}, { resume: { bytes, source: "c" } }));
    expect(bytesOf(resumed.end)).toEqual(bytesOf(whole.end));
    expect(resumed.end.bytes()).toEqual(whole.end.bytes());
  }
});

test("the order in which chunks are computed does not matter", async () => {
  const backwards: ExecutorFactory = async (place) => {
    const local = await localExecutor(place);
    const gradients: typeof local.gradients = async (tasks) => (await local.gradients(tasks.toReversed())).reverse();
    return { ...local, gradients };
  };
  const [forward, backward] = [await run(input()), await run(input({}, { executor: backwards }))];
  expect(bytesOf(backward.end)).toEqual(bytesOf(forward.end));
});

test("a step updates the running statistics once, whatever its number of chunks", async () => {
  // The pooled values of the first step do not depend on their normalisation, nor on dropout, which
  // is off here.
  const quiet = { ...model, spatialDropout: 0 };
  const once = async (chunk: number): Promise<Map<string, readonly number[]>> => {
    const { config, ...rest } = input({ epochs: 1, batch: 8, chunk });
    return statisticsOf(
      (await run({ ...rest, config: { ...config, model: parseConfig({ ...config, model: quiet }).model } })).end,
    );
  };
  const whole = await once(8);
  for (const chunk of [1, 3]) {
    const parts = await once(chunk);
    for (const name of ["bio-mtl/pooled-norm/mean", "bio-mtl/pooled-norm/variance"]) {
      expect(parts.get(name), name).toEqual(whole.get(name)?.map((value) => expect.closeTo(value, 5)));
    }
  }
});
