import { expect, test } from "vitest";
import { packModel } from "../inference/index.ts";
import { readWeights } from "../inference/weights.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { parseConfig } from "./config.ts";
import type { EndEvent, StepEvent } from "./events.ts";
import { train } from "./train.ts";
import type { InitialModel } from "./train-input.ts";

const models = {
  rin: { rounds: 1, inputs: { words: { size: 6 } }, hiddenSize: 5, inputDropout: 0.1 },
  "joint-nn": {
    inputs: { words: { size: 6 }, characters: { size: 4, filters: 4 } },
    hiddenSize: 6,
    spanFilters: 4,
    mlpSize: 8,
    dropout: 0.1,
  },
};

interface Wanted {
  readonly model: keyof typeof models;
  readonly objective?: object;
  readonly epochs: number;
  readonly init?: InitialModel;
  readonly seed?: number;
}

async function learn({ model, objective, epochs, init, seed = 1 }: Wanted): Promise<{ steps: StepEvent[]; end: EndEvent }> {
  const config = parseConfig({
    seed,
    data: { train: "train", dev: "dev" },
    model: { name: model, ...models[model] },
    ...(objective === undefined ? {} : { objective }),
    optimizer: { name: "adam", rate: 0.01 },
    training: { epochs, batch: 4, chunk: 2, evaluateEvery: 5 },
  });
  const steps: StepEvent[] = [];
  for await (const event of train({ config, init, train: eightSentences, dev: eightSentences, engine: { build: "baseline" } })) {
    if (event.kind === "step") steps.push(event);
    if (event.kind === "end") return { steps, end: event };
  }
  throw new Error("training ended without an end event");
}

const initOf = ({ model }: EndEvent): InitialModel => ({
  lexicon: model.description.lexicon,
  weights: readWeights(model.store),
  source: "before",
});

test.each(["rin", "joint-nn"] as const)(
  "%s goes on from its own weights by minimum risk, the same way every time",
  async (model) => {
    const before = await learn({ model, epochs: 40 });
    const init = initOf(before.end);
    const objective = { name: "mrt", alpha: 1, samples: 3, learnedLoss: true };
    const [first, again, other] = [
      await learn({ model, objective, init, epochs: 10 }),
      await learn({ model, objective, init, epochs: 10 }),
      await learn({ model, objective, init, epochs: 10, seed: 2 }),
    ];
    expect(first.steps[0]?.losses["entity"]).toBeLessThan(before.steps[0]?.losses["entity"] ?? 0);
    // Two steps an epoch.
    expect(first.steps.map(({ riskRatio }) => riskRatio !== undefined)).toEqual(first.steps.map((_, k) => k % 2 === 0));
    expect(before.steps.every(({ riskRatio }) => riskRatio === undefined)).toBe(true);
    for (const { losses } of first.steps) {
      expect(Object.keys(losses).sort()).toEqual(["entity", "relation", "risk"]);
      expect(Object.values(losses).every(Number.isFinite)).toBe(true);
    }
    expect(packModel(again.end.model)).toEqual(packModel(first.end.model));
    expect(packModel(other.end.model)["model.safetensors"]).not.toEqual(packModel(first.end.model)["model.safetensors"]);
  },
);

test("minimum risk training lowers the risk", async () => {
  const { steps } = await learn({ model: "joint-nn", objective: { name: "mrt", alpha: 0.5, samples: 4 }, epochs: 40 });
  const mean = (part: readonly StepEvent[]): number =>
    part.reduce((sum, { losses }) => sum + (losses["risk"] ?? 0), 0) / part.length;
  expect(mean(steps.slice(-10))).toBeLessThan(0.8 * mean(steps.slice(0, 10)));
});

test("weights of another model are refused by name", async () => {
  const { end } = await learn({ model: "rin", epochs: 1 });
  await expect(learn({ model: "joint-nn", epochs: 1, init: initOf(end) })).rejects.toThrow(
    /before joint-nn\/\S+: .*ARCHIVE_INVALID/,
  );
});
