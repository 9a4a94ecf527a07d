import { type Parameter, Random } from "@weft-nlp/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type BuiltModel, buildModel, Predictor, packModel, unpackModel } from "../inference/index.ts";
import type { Prediction } from "../metrics/index.ts";
import type { ModelDefinition } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import { type EndEvent, wordWidths } from "../training/index.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { eightSentences, tagged, untyped, withLastRelations } from "./example-sentences.ts";
import { vectorsOf } from "./example-vectors.ts";
import { differentiate, learn, learnt, predict, slopeNoise, slopeOf, total } from "./probe-model.ts";

/** A configuration of a model to test. */
export interface ModelCase {
  /** The title of the case; defaults to the model's name. */
  readonly title?: string | undefined;
  /** A small network without any dropout. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Additional settings that make training random: every kind of dropout the model has. */
  readonly noise: Readonly<Record<string, unknown>>;
  /**
   * Parameters with rows that eight sentences may not use, such as tags of a first argument or
   * distances.
   */
  readonly rare?: RegExp | undefined;
  /** Whether a pair can hold more than one relation; defaults to true. */
  readonly severalRelationsOfAPair?: boolean | undefined;
  /**
   * Half the distance over which slopes are measured. Use less for a network with many maxima and a
   * small loss.
   */
  readonly reach?: number | undefined;
}

/** Tests the contract of every model, whatever it computes. */
export function describeModel(
  definition: ModelDefinition,
  { title = definition.name, settings, noise, rare, severalRelationsOfAPair = true, reach }: ModelCase,
): void {
  const learnable = severalRelationsOfAPair ? eightSentences : withLastRelations(eightSentences);
  const corpora = {
    "typed entities": learnable,
    "untyped entities": untyped(learnable),
    "tagged words": tagged(learnable),
  };
  const build = (sentences: readonly Sentence[], extra: object = {}, seed = 3): BuiltModel =>
    buildModel(
      {
        name: definition.name,
        settings: definition.settings.parse({ ...settings, ...extra }),
        lexicon: buildLexicon(sentences, lexiconSettings.parse({})),
        threshold: 0.5,
      },
      { build: "baseline", seed },
    );

  describe.each(Object.entries(corpora))(`${title}, %s`, (_, sentences) => {
    let built: BuiltModel;
    beforeAll(() => {
      built = build(sentences);
    });

    test("gradients are the slopes of the loss", () => {
      const { gradients } = differentiate(built, sentences);
      const random = Random.of(4711, definition.name);
      let smooth = 0;
      let tried = 0;
      for (const { name, rows, columns } of learnt(built)) {
        const gradient = gradients.get(name) as Float32Array;
        const scale = gradient.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
        for (let k = 0; k < coordinates; k++) {
          const at = random.integer(rows * columns);
          const tolerance = 0.01 * scale + slopeNoise;
          const slope = slopeOf(built, sentences, { name, at, tolerance, reach });
          tried++;
          if (slope === undefined) continue;
          smooth++;
          expect(Math.abs((gradient[at] ?? Number.NaN) - slope), `${name}[${at}]`).toBeLessThanOrEqual(tolerance);
        }
      }
      expect(smooth / tried).toBeGreaterThan(0.7);
    });

    test("every weight gets a gradient, and so does every table row that is read", () => {
      const reached = new Map<string, Set<number>>();
      for (const seed of [3, 4, 5, 6]) {
        for (const [name, gradient] of differentiate(build(sentences, {}, seed), sentences).gradients) {
          const set = reached.get(name) ?? new Set();
          gradient.forEach((value, at) => value !== 0 && set.add(at));
          reached.set(name, set);
        }
      }
      const unknownRows = built.description.lexicon.words.unknownRows;
      for (const { name, rows, columns, kind } of learnt(built)) {
        const expected = kind === "dense" ? rows * columns : (rows - unknownRows) * columns;
        if (rare?.test(name) === true) expect(reached.get(name)?.size, name).toBeGreaterThan(0);
        else expect(reached.get(name)?.size, name).toBe(expected);
      }
    });

    test("a batch has the summed losses and gradients of its sentences", () => {
      const whole = differentiate(built, sentences);
      const parts = sentences.map((sentence) => differentiate(built, [sentence]));
      for (const [name, loss] of Object.entries(whole.losses)) {
        const sum = parts.reduce((total, part) => total + (part.losses[name] ?? Number.NaN), 0);
        expect(Math.abs(sum - loss), name).toBeLessThanOrEqual(1e-5 * Math.abs(loss));
      }
      for (const [name, gradient] of whole.gradients) {
        const scale = gradient.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
        gradient.forEach((value, at) => {
          const sum = parts.reduce((total, part) => total + (part.gradients.get(name)?.[at] ?? Number.NaN), 0);
          if (!(Math.abs(sum - value) <= 1e-5 * scale + 1e-7)) expect(sum, `${name}[${at}]`).toBeCloseTo(value, 6);
        });
      }
    });

    test("predictions do not depend on the other sentences of a batch, to the last bit", () => {
      const whole = predict(built, sentences);
      expect(sentences.flatMap((sentence) => predict(built, [sentence]))).toEqual(whole);
      expect(predict(built, sentences.toReversed()).reverse()).toEqual(whole);
      for (const size of [2, 3, 5]) expect(inBatches(sentences, size).flatMap((batch) => predict(built, batch))).toEqual(whole);
    });

    test("an empty batch, an empty sentence and a single word are accepted", () => {
      const empty: Sentence = { id: "e", tokens: [], entities: [], relations: [] };
      const word: Sentence = { id: "w", tokens: ["Unheard-of"], entities: [], relations: [] };
      expect(predict(built, [])).toEqual([]);
      expect(total(differentiate(built, []).losses)).toBe(0);
      const [none, one] = predict(built, [empty, word]);
      expect(none).toMatchObject({ entities: [], relations: [] });
      expect(one?.entities.every(({ start, end }) => start === 0 && end === 1)).toBe(true);
      expect(total(differentiate(built, [empty]).losses)).toBe(0);
      const alone = total(differentiate(built, [word]).losses);
      // Without entities there is no pair, and so no loss.
      if (definition.capabilities.needsGoldEntities) expect(alone).toBe(0);
      else expect(alone).toBeGreaterThan(0);
      expect(total(differentiate(built, [empty, word, empty]).losses)).toBeCloseTo(alone, 4);
    });
  });

  describe.each(Object.entries(corpora).slice(0, 2))(`${title} trained, %s`, (_, sentences) => {
    let first: EndEvent;
    beforeAll(async () => {
      first = await learn(definition, settings, sentences, 1);
    });

    test("eight sentences can be memorised", () => {
      expect(first.best?.score).toBe(1);
      for (const [index, { entities, relations }] of predict(first.model, sentences).entries()) {
        const gold = sentences[index];
        expect(entities.map(({ start, end, type }) => ({ start, end, type }))).toEqual(gold?.entities);
        expect(relations.map(({ head, tail, type }) => ({ head, tail, type }))).toEqual(
          expect.arrayContaining(definition.capabilities.findsRelations === false ? [] : [...(gold?.relations ?? [])]),
        );
        // Given entities keep their confidence.
        for (const { confidence } of definition.capabilities.needsGoldEntities ? relations : [...entities, ...relations]) {
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
        }
      }
    });

    test("a predictor does not depend on earlier calls, and follows changes of the weights", () => {
      const examples = sentences.map((sentence) => first.model.encoder.encode(sentence));
      const options = { threshold: 0.1 };
      const fresh = (): Prediction[] => new Predictor(first.model).predict(examples, options);
      const used = new Predictor(first.model);
      for (const example of examples) used.predict([example], options);
      expect(used.predict(examples, options)).toEqual(fresh());
      const { store } = first.model;
      const parameter = store.layout.find(({ kind }) => kind !== "running") as Parameter;
      const before = store.read(parameter);
      store.write(
        parameter,
        before.map((value) => -value),
      );
      const changed = fresh();
      expect(changed).not.toEqual(predict(first.model, []));
      expect(used.predict(examples, options)).toEqual(changed);
      store.write(parameter, before);
      expect(used.predict(examples, options)).toEqual(fresh());
    });

    test("saving and loading changes no prediction and no byte", () => {
      const files = packModel(first.model);
      const loaded = unpackModel(files, "m", { build: "baseline" });
      expect(predict(loaded, sentences)).toEqual(predict(first.model, sentences));
      expect(packModel(loaded)).toEqual(files);
      expect(loaded.description).toEqual(first.model.description);
    });

    test("the same seed gives the same bytes, and another seed gives others", async () => {
      const bytes = (event: EndEvent): Uint8Array => packModel(event.model)["model.safetensors"];
      expect(bytes(await learn(definition, settings, sentences, 1, 2))).toEqual(
        bytes(await learn(definition, settings, sentences, 1, 2)),
      );
      expect(bytes(await learn(definition, settings, sentences, 2, 2))).not.toEqual(
        bytes(await learn(definition, settings, sentences, 1, 2)),
      );
    });
  });

  const widths = wordWidths({ model: { ...definition.settings.parse(settings), name: definition.name } });
  // Half of the words of these sentences are known from the vectors alone.
  describe.runIf(widths.every(({ width }) => width !== undefined && width === widths[0]?.width))(
    `${title} with word vectors`,
    () => {
      const half = learnable.slice(0, 4);
      const later = learnable.slice(4);
      const words = [...new Set(learnable.flatMap(({ tokens }) => tokens))].sort();
      const vectors = vectorsOf(words, widths[0]?.width);
      let built: BuiltModel;
      beforeAll(() => {
        const lexicon = buildLexicon(half, lexiconSettings.parse({}), undefined, vectors);
        const description = { name: definition.name, settings: definition.settings.parse(settings), lexicon, threshold: 0.5 };
        built = buildModel(description, { build: "baseline", seed: 3 });
      });

      test("a word that only the vectors know is read as itself, in any batch, and after loading", () => {
        const table = built.description.lexicon.words;
        expect(later.flatMap(({ tokens }) => tokens).some((token) => table.indexOf(token) >= table.size)).toBe(true);
        const whole = predict(built, learnable);
        for (const size of [1, 3]) expect(inBatches(learnable, size).flatMap((batch) => predict(built, batch))).toEqual(whole);
        const files = packModel(built);
        expect(predict(unpackModel(files, "m", { build: "baseline" }), learnable)).toEqual(whole);
        expect(packModel(unpackModel(files, "m", { build: "baseline" }))).toEqual(files);
      });

      test("only rows of the table get a gradient, and it is that of the sum of the sentences", () => {
        const { losses, gradients } = differentiate(built, learnable);
        expect(Number.isFinite(total(losses))).toBe(true);
        const parts = learnable.map((sentence) => differentiate(built, [sentence]).gradients);
        for (const [name, gradient] of gradients) {
          const scale = gradient.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
          for (const at of [0, 1, gradient.length - 1]) {
            const sum = parts.reduce((so, part) => so + (part.get(name)?.[at] ?? Number.NaN), 0);
            expect(Math.abs(sum - (gradient[at] ?? Number.NaN)), `${name}[${at}]`).toBeLessThanOrEqual(1e-4 * scale + 1e-6);
          }
        }
      });
    },
  );

  describe.each(Object.entries(noise))(`${title} with %s`, (name, value) => {
    test("only training depends on the seed of its step", () => {
      const noisy = build(eightSentences, { [name]: value });
      const quiet = build(eightSentences);
      const lossOf = (built: BuiltModel, training: boolean, seed: number): number =>
        total(differentiate(built, eightSentences, { training, seed }).losses);
      expect(lossOf(noisy, true, 1)).toBe(lossOf(noisy, true, 1));
      expect(lossOf(noisy, true, 1)).not.toBe(lossOf(noisy, true, 2));
      expect(lossOf(noisy, false, 1)).toBe(lossOf(quiet, false, 2));
      expect(lossOf(quiet, true, 1)).toBe(lossOf(quiet, true, 2));
      expect(predict(noisy, eightSentences)).toEqual(predict(quiet, eightSentences));
    });
  });
}

/** Number of coordinates to test for each parameter. */
const coordinates = 12;

function inBatches(sentences: readonly Sentence[], size: number): Sentence[][] {
  return Array.from({ length: Math.ceil(sentences.length / size) }, (_, k) => sentences.slice(k * size, (k + 1) * size));
}
