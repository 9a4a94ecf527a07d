import { Arena, Engine, ParameterStore, Tape } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { halvesToFloats, readSafetensors } from "../../archive/index.ts";
import { WeftError } from "../../errors.ts";
import { Scope } from "../../nn/index.ts";
import { openTinyEncoder, tinyEncoder } from "../../testing/tiny-encoder.ts";
import { readTransformerWeights, TransformerNetwork } from "../transformer/index.ts";
import { encodersIn, mapEncoders } from "./encoder-settings.ts";
import { FrozenNetworks } from "./frozen-networks.ts";
import { openEncoder, openSharedEncoders } from "./pretrained-encoder.ts";

const encoder = await openTinyEncoder();
const reference = { name: "tiny", pieces: "mean", layers: "mix" } as const;
const sentences = [["Ada", "works", "for", "Acme", "."], ["Zyx-42"], [], ["Bob", "left", "Oslo"]];

const useOf = (changed: object = {}, engine = Engine.create()) =>
  new FrozenNetworks(engine, [encoder]).use("encoder", { ...reference, ...changed });

/** The states of all layers for pieces, from the network itself. */
function statesOf(pieces: readonly number[]): number[][] {
  const engine = Engine.create();
  const store = new ParameterStore(engine.heap, { seed: null });
  const network = new TransformerNetwork(encoder.shape, new Scope(store, "encoder"));
  network.load(store, readTransformerWeights(encoder.shape, encoder.weights, { source: "tiny" }));
  const tape = new Tape(engine, new Arena(engine.heap));
  const { before, after } = encoder.pieces;
  const all = Int32Array.from([...before, ...pieces, ...after]);
  return network.forward(tape, all, Int32Array.of(0, all.length)).map((layer) => [...tape.read(layer)]);
}

const meanOf = (rows: number[][]): number[] =>
  (rows[0] ?? []).map((_, k) => rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length);

test("a word is the mean of its pieces, or the first of them, in every layer", () => {
  const sentence = ["Ada", "Zyx-42"];
  const pieces = sentence.map((word) => [...encoder.pieces.of(word)]);
  const states = statesOf(pieces.flat());
  const { width } = encoder.shape;
  const rowsOf = (layer: number[], word: number): number[][] => {
    const start = 1 + (word === 0 ? 0 : (pieces[0]?.length ?? 0));
    return (pieces[word] ?? []).map((_, k) => layer.slice((start + k) * width, (start + k + 1) * width));
  };
  const expected = (choose: (rows: number[][]) => number[]): number[] =>
    [0, 1].flatMap((word) => states.flatMap((layer) => choose(rowsOf(layer, word))));
  const compare = (found: Uint16Array | undefined, wanted: number[]): void => {
    const floats = halvesToFloats(found ?? new Uint16Array(0));
    expect(floats).toHaveLength(wanted.length);
    for (const [k, value] of floats.entries()) expect(value).toBeCloseTo(wanted[k] ?? 0, 2);
  };
  compare(useOf().features([sentence])[0], expected(meanOf));
  compare(
    useOf({ pieces: "first" }).features([sentence])[0],
    expected(([first = []]) => first),
  );
  const last = [0, 1].flatMap((word) => meanOf(rowsOf(states.at(-1) ?? [], word)));
  compare(useOf({ layers: "last" }).features([sentence])[0], last);
});

test("a sentence has the same bits alone and among others, and none has no rows", () => {
  const use = useOf();
  const together = use.features(sentences);
  expect(together.map(({ length }) => length)).toEqual(sentences.map(({ length }) => length * use.layers * use.width));
  for (const [k, sentence] of sentences.entries()) expect(use.features([sentence])[0]).toEqual(together[k]);
  expect(use.features([...sentences].reverse())).toEqual([...together].reverse());
});

test("words that two windows read are the mean of both", () => {
  const long = Array.from({ length: 40 }, (_, k) => "abcdefgh"[k % 8] ?? "");
  const use = useOf({ layers: "last" });
  const { width } = use;
  const found = halvesToFloats(use.features([long])[0] ?? new Uint16Array(0));
  // 24 pieces, two of them special: windows of 22 words that share 5.
  const window = (start: number, end: number): number[] => {
    const ids = long.slice(start, end).flatMap((word) => [...encoder.pieces.of(word)]);
    return statesOf(ids).at(-1)?.slice(width, -width) ?? [];
  };
  const [first, second] = [window(0, 22), window(17, 39)];
  for (const word of [0, 16, 17, 21, 22]) {
    for (let k = 0; k < width; k++) {
      const one = first[word * width + k];
      const other = second[(word - 17) * width + k];
      const expected = word < 17 ? one : word < 22 ? ((one ?? 0) + (other ?? 0)) / 2 : other;
      expect(found[word * width + k]).toBeCloseTo(expected ?? 0, 2);
    }
  }
});

test("another thread reads the same network from the shared memory", async () => {
  const engine = Engine.create({ shared: true });
  const own = new FrozenNetworks(engine, [encoder]);
  const expected = own.use("encoder", reference).features(sentences);
  const shared = structuredClone(own.share());
  const other = Engine.attach(engine.heap.memory, engine.build);
  const layouts = new Map(shared.map(({ files, layout = [] }) => [files.checksum, layout]));
  const attached = new FrozenNetworks(other, await openSharedEncoders(shared), layouts);
  attached.use("encoder", reference);
  expect(attached.featuresOf("encoder", sentences)).toEqual(expected);
  expect(() => attached.featuresOf("words", sentences)).toThrow(RangeError);
});

test("an encoder that is not there is named with what brings it", () => {
  const missing = (changed: object): WeftError => {
    try {
      useOf({ name: undefined, ...changed });
    } catch (error) {
      if (error instanceof WeftError) return error;
    }
    throw new Error("it was found");
  };
  expect(missing({ name: "own/other" })).toMatchObject({
    code: "ENCODER_MISSING",
    hint: expect.stringContaining("weft encoder add own/other") as string,
  });
  expect(missing({ name: "tiny", checksum: "0".repeat(64) }).summary).toContain(`with the SHA-256 ${"0".repeat(64)}`);
  expect(useOf({ name: "renamed", checksum: encoder.checksum }).width).toBe(encoder.shape.width);
});

test("weights that do not fit the configuration are refused when the network is built", async () => {
  const files = tinyEncoder();
  const { tensors } = readSafetensors(tinyEncoder({ width: 16 })["model.safetensors"], "w");
  const text = (file: "config.json" | "tokenizer.json"): string => new TextDecoder().decode(files[file]);
  const broken = await openEncoder({
    ...{
      name: "broken",
      source: "broken",
      checksum: "1".repeat(64),
      config: text("config.json"),
      tokenizer: text("tokenizer.json"),
    },
    weights: (name) => tensors.get(name),
  });
  expect(() => new FrozenNetworks(Engine.create(), [broken]).use("encoder", { ...reference, name: "broken" })).toThrow(
    expect.objectContaining({
      code: "ARCHIVE_INVALID",
      at: expect.objectContaining({ source: "broken/model.safetensors" }) as object,
    }),
  );
});

test("encoders are found and replaced wherever settings name them", () => {
  const settings = {
    name: "pipeline",
    tagger: { inputs: { words: {}, encoder: { ...reference, name: "a" } }, encoder: { name: "no" } },
    classifier: { inputs: { encoder: false } },
    list: [{ inputs: { encoder: { name: "in a list" } } }],
  };
  expect(encodersIn(settings)).toEqual([{ path: ["tagger", "inputs", "encoder"], reference: settings.tagger.inputs.encoder }]);
  const changed = mapEncoders(settings, (each) => ({ ...each, checksum: "c" }));
  expect(changed.tagger.inputs.encoder).toEqual({ ...settings.tagger.inputs.encoder, checksum: "c" });
  expect(changed.classifier).toBe(settings.classifier);
  expect(mapEncoders(settings, (each) => each)).toBe(settings);
});
