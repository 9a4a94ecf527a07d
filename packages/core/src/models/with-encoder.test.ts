import { describe, expect, test } from "vitest";
import { type BuiltModel, buildModel, Predictor, packModel, unpackModel } from "../inference/index.ts";
import { describeModel, eightSentences, openTinyEncoder, tagged, withLastRelations } from "../testing/index.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { models } from "./index.ts";

const encoders = [await openTinyEncoder({ layers: 1 })];
const inputs = { words: { size: 3 }, pos: "off", encoder: { name: "tiny", dropout: 0 } };
const noise = { inputs: { ...inputs, encoder: { name: "tiny", dropout: 0.4 } } };

describeModel(models.get("bilstm-tagger"), {
  encoders,
  settings: { inputs, hiddenSize: 6, dropout: 0 },
  noise,
  title: "a tagger with an encoder",
});
describeModel(models.get("pcnn"), {
  ...{ encoders, noise, title: "a pair classifier with an encoder", severalRelationsOfAPair: false },
  settings: { inputs, positionSize: 2, positions: 5, filters: 4, dropout: 0 },
  rare: /^[^/]+\/(word|tag|position)\/|(hidden|class)\/weight/,
  reach: 0.004,
});

// The second row of sentence types is never read, nor are most pieces, and attention does not
// depend on the bias of the keys.
const rare = /transformer\/(embedding\/(words|positions|types)\/|layer-1\/key\/bias)/;
describeModel(models.get("rin"), {
  ...{ encoders: [await openTinyEncoder({ layers: 1, width: 16 })], rare, title: "a model that trains its encoder" },
  settings: {
    ...{ rounds: 1, context: "none", inputDropout: 0 },
    inputs: { words: "off", pos: "off", encoder: { name: "tiny", dropout: 0, train: { rate: 0.005, dropout: 0 } } },
  },
  noise: { inputs: { words: "off", pos: "off", encoder: { name: "tiny", dropout: 0, train: { dropout: 0.3 } } } },
});

describe.each([...models].filter(({ parts }) => parts === undefined).map(({ name }) => name))("%s", (name) => {
  const sentences = withLastRelations(tagged(eightSentences));
  const definition = models.get(name);
  const settings = definition.settings.parse({ inputs: { encoder: { name: "tiny" } } });
  const build = (): BuiltModel =>
    buildModel(
      { name, settings, lexicon: buildLexicon(sentences, lexiconSettings.parse({})), threshold: 0.5 },
      { build: "baseline", encoders },
    );

  test("predicts the same alone and in a batch, and after it was packed with the encoder's name", () => {
    const built = build();
    const examples = sentences.map((sentence) => built.encoder.encode(sentence));
    const options = { threshold: 0.1 };
    const predictor = new Predictor(built);
    const all = predictor.predict(examples, options);
    expect(examples.map((example) => predictor.predict([example], options)[0])).toEqual(all);
    const files = packModel(built);
    expect(new Predictor(unpackModel(files, "m", { build: "baseline", encoders })).predict(examples, options)).toEqual(all);
    expect(() => unpackModel(files, "m", { build: "baseline" })).toThrow("which is not available");
    const names = built.store.layout.map((each) => each.name);
    expect(names.filter((each) => /pretrained\/(mix|scale)$/.test(each))).toHaveLength(2);
    expect(names.some((each) => each.startsWith("encoder/"))).toBe(false);
  });
});
