import { describe, expect, test } from "vitest";
import { eightSentences, withLastRelations } from "../testing/example-sentences.ts";
import { openTinyEncoder } from "../testing/index.ts";
import { maskedModel, noisyModels, Repeated, trainingLosses } from "../testing/noisy-models.ts";
import { models } from "./index.ts";

// Classifiers of pairs skip sentences without a pair.
const sentences = withLastRelations(eightSentences).filter(({ relations }) => relations.length > 0);
const wordCount = sentences.reduce((sum, { tokens }) => sum + tokens.length, 0);
const [never, always] = [new Repeated(0.9999), new Repeated(0)];

test("every model of the catalogue is listed, but those that are made of others", () => {
  const own = [...models].filter(({ parts }) => parts === undefined).map(({ name }) => name);
  expect(Object.keys(noisyModels).sort()).toEqual(own.sort());
});

describe.each(Object.entries(noisyModels))("%s", (name, { noise, places }) => {
  test("drops in every place that its paper names, and each place alone changes what depends on it", () => {
    const model = maskedModel(name, noise, sentences);
    const lossesWith = (drops: (place: number) => boolean): Record<string, number> => {
      model.drawn.length = 0;
      model.drops = drops;
      return trainingLosses(model, sentences, { random: never });
    };
    const without = lossesWith(() => false);
    expect(model.drawn.map(({ rate }) => rate)).toEqual(places.map(({ rate }) => rate));
    for (const [k, { place, changes }] of places.entries()) {
      const found = lossesWith((each) => each === k);
      const changed = Object.keys(without).filter((loss) => found[loss] !== without[loss]);
      expect(changed.join(" "), place).toBe(changes);
    }
    // A mask of columns has a row for each sentence, one of words a row for each word.
    for (const [k, { place }] of places.entries()) {
      if (!place.startsWith("columns of")) continue;
      const [columns = 0, cells = 0] = [model.drawn[k]?.cells, model.drawn[k + 1]?.cells];
      expect(columns * wordCount, place).toBe(cells * sentences.length);
    }
  });

  test("word dropout reads the words it takes as unknown, and those alone", () => {
    const noisy = maskedModel(name, { wordDropout: 0.5 }, sentences);
    const quiet = maskedModel(name, {}, sentences);
    const known = trainingLosses(quiet, sentences, { random: never });
    expect(trainingLosses(noisy, sentences, { random: never })).toEqual(known);
    const taken = trainingLosses(noisy, sentences, { random: always });
    expect(taken).not.toEqual(known);
    const some = trainingLosses(noisy, sentences, { random: new Repeated(0, 0.9999) });
    expect([known, taken]).not.toContainEqual(some);
  });
});

describe("the one-hot tags of joint-nn", () => {
  const losses = (settings: object, random: Repeated, factor = 1): Record<string, number> => {
    const model = maskedModel("joint-nn", settings, sentences);
    model.drops = () => false;
    for (const parameter of model.store.layout) {
      if (!parameter.name.endsWith("/label/weight") || parameter.name === "joint-nn/label/weight") continue;
      model.store.write(
        parameter,
        model.store.read(parameter).map((value) => factor * value),
      );
    }
    return trainingLosses(model, sentences, { random });
  };

  test("are scaled up where dropout keeps them, and zero where it does not", () => {
    const near = ({ entity, relation }: Record<string, number>) => ({
      entity: expect.closeTo(entity ?? 0, 4),
      relation: expect.closeTo(relation ?? 0, 4),
    });
    expect(losses({ dropout: 0.75 }, never)).toEqual(near(losses({}, never, 4)));
    expect(losses({ dropout: 0.75 }, always)).toEqual(near(losses({}, never, 0)));
    expect(losses({}, never)["relation"]).not.toBeCloseTo(losses({}, never, 0)["relation"] ?? 0, 4);
  });
});

describe("a pretrained encoder", async () => {
  const encoders = [await openTinyEncoder({ layers: 1 })];
  const input = (own: object) => ({ inputs: { words: "off", characters: "off", encoder: { name: "tiny", ...own } } });
  const drawnBy = (settings: object): { rates: number[]; changed: boolean[] } => {
    const model = maskedModel("bilstm-tagger", settings, sentences, encoders);
    const lossWith = (drops: (place: number) => boolean): number => {
      model.drawn.length = 0;
      model.drops = drops;
      return trainingLosses(model, sentences)["entity"] ?? Number.NaN;
    };
    const without = lossWith(() => false);
    const rates = model.drawn.map(({ rate }) => rate);
    return { rates, changed: rates.map((_, k) => lossWith((place) => place === k) !== without) };
  };

  test("drops what is read of it", () => {
    expect(drawnBy(input({ dropout: 0.3 }))).toEqual({ rates: [0.3], changed: [true] });
  });

  test("that is trained also drops its embeddings, and both changes of a layer before they are added", () => {
    const { rates, changed } = drawnBy(input({ dropout: 0.3, train: { dropout: 0.2 } }));
    expect(rates).toEqual([0.2, 0.2, 0.2, 0.3]);
    expect(changed).toEqual([true, true, true, true]);
  });

  test("that is trained drops attention as well", () => {
    const model = maskedModel("bilstm-tagger", input({ dropout: 0, train: { dropout: 0.2 } }), sentences, encoders);
    model.drops = () => false;
    expect(trainingLosses(model, sentences, { seed: 1 })).not.toEqual(trainingLosses(model, sentences, { seed: 2 }));
  });
});
