import { Arena, Engine, KeptProducts, normal, ParameterStore, type PlacedRows, Tape } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { Scope } from "../nn/index.ts";
import { eightSentences, tagged } from "../testing/example-sentences.ts";
import { buildLexicon, type Lexicon, lexiconSettings } from "../vocabulary/index.ts";
import { type Inputs, inputSettings } from "./input-settings.ts";
import { SentenceEncoder } from "./sentence-encoder.ts";
import { SentenceReader } from "./sentence-reader.ts";

const lexicon = buildLexicon(tagged(eightSentences), lexiconSettings.parse({}));
const words = { size: 3 };
const characters = { size: 2, filters: 2, widths: [2] };
const all = { words, characters, wordShape: { size: 4 }, pos: { size: 2 }, tags: { size: 5 } };
const schema = inputSettings({}, { givenEntities: true });

function encoderOf(inputs: object, known: Lexicon = lexicon) {
  const chosen: Inputs = schema.parse(inputs);
  const engine = Engine.create({ build: "baseline" });
  const store = new ParameterStore(engine.heap, { seed: 3 });
  const encoder = new SentenceEncoder(
    { inputs: chosen, initial: normal(1), wordDropout: 0, inputDropout: 0 },
    known,
    new Scope(store, "m"),
  );
  const reader = new SentenceReader(chosen, known);
  const batch = encoder.pack(
    tagged(eightSentences).map((item) => reader.read(item)),
    undefined,
  );
  const tape = (training: boolean): Tape =>
    new Tape(engine, new Arena(engine.heap), { training, kept: new KeptProducts(engine) });
  return { engine, store, encoder, batch, tape };
}

/** One row per word, whether or not words share rows. */
function everyRow(tape: Tape, { input, rows }: PlacedRows): number[][] {
  const values = tape.read(input);
  const places = rows ?? Int32Array.from({ length: input.rows }, (_, k) => k);
  return Array.from(places, (row) => [...values.subarray(row * input.columns, (row + 1) * input.columns)]);
}

test("parts are concatenated in the order of the table, whatever their order in the settings", () => {
  const { encoder, store } = encoderOf({ tags: all.tags, pos: all.pos, characters, words, wordShape: all.wordShape });
  expect(encoder.shares.map(({ name, width }) => `${name} ${width}`)).toEqual([
    "word 3",
    "character 2",
    "shape 4",
    "pos 2",
    "tag 5",
  ]);
  expect(encoder.width).toBe(16);
  expect(store.layout.map(({ name }) => name)).toEqual([
    ...["m/word/weight", "m/character/weight", "m/character/width-2/weight", "m/character/width-2/bias"],
    ...["m/shape/weight", "m/pos/weight", "m/tag/weight"],
  ]);
});

test.each(Object.entries({ ...Object.fromEntries(Object.entries(all).map(([name, own]) => [name, { [name]: own }])), all }))(
  "%s: distinct words once give the rows of every word, and so do shares",
  (_, inputs) => {
    const { encoder, batch, tape } = encoderOf(inputs);
    const training = tape(true);
    const whole = everyRow(training, encoder.forward(training, batch));
    const using = tape(false);
    const placed = encoder.forward(using, batch);
    expect(everyRow(using, placed)).toEqual(whole);
    expect(placed.input.rows).toBeLessThan(whole.length);
    expect(placed.source?.ids.length).toBe(placed.input.rows);
    expect(new Set(Array.from(placed.source?.ids ?? [])).size).toBe(placed.input.rows);
    const shares = encoder.forwardShares(using, batch).map((share) => everyRow(using, share));
    expect(whole.map((_row, place) => shares.flatMap((share) => share[place] ?? []))).toEqual(whole);
  },
);

test("words with the same spelling but different parts of speech are distinct", () => {
  const { encoder, batch, tape } = encoderOf({ words, pos: all.pos });
  const ids = batch.inputs["pos"]?.["ids"] as Int32Array;
  const before = encoder.forward(tape(false), batch).input.rows;
  const place = Array.from(batch.inputs["words"]?.["ids"] ?? [], Number).lastIndexOf(lexicon.words.indexOf("."));
  const changed = { ...batch, inputs: { ...batch.inputs, pos: { ids: ids.with(place, 0) } } };
  expect(encoder.forward(tape(false), changed).input.rows).toBe(before + 1);
});

test("a part that the lexicon has no data for is skipped", () => {
  const { encoder } = encoderOf({ words, pos: all.pos, characters }, { ...lexicon, pos: undefined, characters: undefined });
  expect(encoder.shares).toEqual([{ name: "word", width: 3 }]);
});

test("a model without any input is refused", () => {
  expect(() => encoderOf({ pos: all.pos }, { ...lexicon, pos: undefined })).toThrow(
    "model.inputs: the training data holds none of the inputs",
  );
});

test("word vectors have a table exactly if words are read", () => {
  expect(encoderOf({ words }).encoder.wordVectors).toMatchObject({
    table: { name: "m/word/weight", rows: lexicon.words.size },
    vocabulary: lexicon.words,
  });
  expect(encoderOf({ characters }).encoder.wordVectors).toBeUndefined();
});
