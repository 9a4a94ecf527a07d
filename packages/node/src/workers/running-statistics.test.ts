import type { Sentence } from "@weft-nlp/core";
import { packModel } from "@weft-nlp/core/inference";
import { type EndEvent, parseConfig, train } from "@weft-nlp/core/training";
import { Random } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { threadExecutor } from "./thread-executor.ts";

const words = ["Ada", "joined", "Acme", "in", "Oslo", "today"];
const random = Random.of(4711);
const sentences: Sentence[] = Array.from({ length: 24 }, (_, index) => {
  const tokens = Array.from({ length: 3 + random.integer(7) }, () => words[random.integer(words.length)] ?? "");
  const entities = [0, 1, 2].map((start) => ({ start, end: start + 1, type: start === 1 ? "T" : "U" }));
  return { id: `${index}`, tokens, entities, relations: [{ head: random.integer(2), tail: 2, type: "r" }] };
});

const config = parseConfig({
  data: { train: "train", dev: "dev" },
  model: {
    ...{ name: "bio-mtl", inputs: { words: { size: 6 }, tags: { size: 3 } }, positionSize: 3, positions: 5 },
    ...{ windows: [1, 3], filters: 5, hiddenSize: 7 },
    ...{ batchNorm: true, batchNormMomentum: 0.8, pooledDropout: 0.5 },
  },
  training: { epochs: 2, batch: 12, chunk: 2 },
});

async function trained(threads: number): Promise<Uint8Array> {
  let end: EndEvent | undefined;
  const given = {
    config,
    train: sentences,
    dev: sentences.slice(0, 6),
    engine: { build: "baseline", shared: threads > 1 },
  } as const;
  for await (const event of train({ ...given, executor: (built) => threadExecutor(built, threads) })) {
    if (event.kind === "end") end = event;
  }
  if (end === undefined) throw new Error("training ended without an end event");
  return packModel(end.model)["model.safetensors"];
}

test("batch normalisation gives the same result with any number of threads", async () => {
  const [one, ...others] = [await trained(1), await trained(2), await trained(3)];
  for (const other of others) expect(other).toEqual(one);
});
