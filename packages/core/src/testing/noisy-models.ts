import { Arena, Engine, type Kernels, ParameterStore, Random, Tape } from "@weft-nlp/tensor";
import { FrozenNetworks, type PretrainedEncoder } from "../encoders/index.ts";
import { assemble } from "../inference/built-model.ts";
import type { BuiltModel } from "../inference/index.ts";
import { type Losses, models } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";

/** One mask that a pass draws, and what depends on it. */
interface MaskPlace {
  readonly place: string;
  readonly rate: number;
  /** The losses that the mask alone changes, in order, with a space between. */
  readonly changes: string;
}

/** A small network of a model, and all the places where training drops something. */
export interface NoisyModel {
  /** Settings without anything random. */
  readonly quiet: Readonly<Record<string, unknown>>;
  /** Additional settings with all of its dropout, but no dropout of whole words. */
  readonly noise: Readonly<Record<string, unknown>>;
  /** In the order in which a pass draws the masks. */
  readonly places: readonly MaskPlace[];
}

const words = { size: 6 };
const characters = { size: 4, filters: 5 };
const pairSizes = { inputs: { words, tags: { size: 3 } }, positionSize: 3, positions: 5 };
const pairNoise = { inputDropout: 0.2, spatialDropout: 0.3, dropout: 0.4 };

function masks(...places: readonly (readonly [place: string, rate: number, changes: string])[]): MaskPlace[] {
  return places.map(([place, rate, changes]) => ({ place, rate, changes }));
}

/** Spatial dropout and dropout of the input, for the words and for the tags of entities. */
function inputMasks(changes: string): (readonly [place: string, rate: number, changes: string])[] {
  const drops = (part: string) =>
    [
      [`columns of ${part}`, 0.3, changes],
      [part, 0.2, changes],
    ] as const;
  return [...drops("words"), ...drops("tags")];
}

/** Every model of the catalogue that does not consist of others. */
export const noisyModels: Readonly<Record<string, NoisyModel>> = {
  rin: {
    quiet: { rounds: 2, inputs: { words, pos: { size: 3 } }, hiddenSize: 5, inputDropout: 0 },
    noise: { inputDropout: 0.3 },
    places: masks(["input", 0.3, "entity relation"]),
  },
  // Sun et al. 2018 name six places. Three convolutions read the states, each with a mask of its
  // own; the sixth, the one-hot tags, draws no mask.
  "joint-nn": {
    quiet: {
      ...{ inputs: { words, characters }, hiddenSize: 5, spanFilters: 4, mlpSize: 8, distances: 4 },
      ...{ dropout: 0, tagsRead: "gold", means: "sentence" },
    },
    noise: { dropout: 0.4 },
    places: masks(
      ["embeddings of characters", 0.4, "entity relation"],
      ["characters of a word", 0.4, "entity relation"],
      ["input", 0.4, "entity relation"],
      ["states", 0.4, "entity relation"],
      ["states that the first entity reads", 0.4, "relation"],
      ["states that the second entity reads", 0.4, "relation"],
      ["states between the two", 0.4, "relation"],
      ["hidden layer of a pair", 0.4, "relation"],
    ),
  },
  "bilstm-tagger": {
    quiet: { inputs: { words, characters }, hiddenSize: 5, dropout: 0 },
    noise: { dropout: 0.4 },
    places: masks(
      ["embeddings of characters", 0.4, "entity"],
      ["characters of a word", 0.4, "entity"],
      ["input", 0.4, "entity"],
      ["states", 0.4, "entity"],
    ),
  },
  "bio-mtl": {
    quiet: { ...pairSizes, windows: [2, 3], filters: 8, hiddenSize: 16, dropout: 0 },
    noise: { ...pairNoise, pooledDropout: 0.1 },
    places: masks(
      ...inputMasks("identification ranking"),
      ["pooled values", 0.1, "identification ranking"],
      ["hidden layer", 0.4, "ranking"],
    ),
  },
  pcnn: {
    quiet: { ...pairSizes, filters: 6, dropout: 0 },
    noise: pairNoise,
    places: masks(...inputMasks("classification"), ["features of a pair", 0.4, "classification"]),
  },
  "eatt-bigru": {
    quiet: { ...pairSizes, hiddenSize: 5, attentionSize: 4, dropout: 0 },
    noise: pairNoise,
    places: masks(
      ["columns of the inputs", 0.3, "classification"],
      ["inputs", 0.2, "classification"],
      ["features of a pair", 0.4, "classification"],
    ),
  },
};

/** A mask as a pass drew it. */
interface DrawnMask {
  readonly rate: number;
  /** Cells, with the padding of rows. */
  readonly cells: number;
}

/** A model whose masks can be seen, and switched off one by one. */
export interface MaskedModel extends BuiltModel {
  /** The masks drawn since the list was last emptied. */
  readonly drawn: DrawnMask[];
  /** Decides by its place in `drawn` whether a mask drops anything; by default all do. */
  drops: (place: number) => boolean;
}

/**
 * Builds a small model on plain kernels that list the masks they draw.
 *
 * @param settings beside those without anything random
 */
export function maskedModel(
  name: string,
  settings: object,
  sentences: readonly Sentence[],
  encoders: readonly PretrainedEncoder[] = [],
): MaskedModel {
  const drawn: DrawnMask[] = [];
  const description = {
    name,
    settings: models.get(name).settings.parse({ ...noisyModels[name]?.quiet, ...settings }) as Record<string, unknown>,
    lexicon: buildLexicon(sentences, lexiconSettings.parse({})),
    threshold: 0.5,
  };
  const engine = Engine.create({
    build: "plain",
    wrap: (kernels, memory): Kernels => ({
      ...kernels,
      dropoutMask(call) {
        kernels.dropoutMask(call);
        const place = drawn.push({ rate: call.rate, cells: call.n }) - 1;
        if (!masked.drops(place)) new Float32Array(memory.buffer, call.mask, call.n).fill(1);
      },
    }),
  });
  const store = new ParameterStore(engine.heap, { seed: 3 });
  const frozen = new FrozenNetworks(engine, encoders, undefined, true);
  const masked: MaskedModel = { ...assemble(description, engine, store, frozen), drawn, drops: () => true };
  return masked;
}

/** The losses of one pass in training, by name. */
export function trainingLosses(
  { engine, model, encoder }: BuiltModel,
  sentences: readonly Sentence[],
  { seed = 1, random = Random.of(seed, "model"), epoch = 1 }: { seed?: number; random?: Random; epoch?: number } = {},
): Losses {
  const examples = sentences.map((sentence) => encoder.encode(sentence));
  const tape = new Tape(engine, new Arena(engine.heap, 2 ** 16), { training: true, seed });
  return model.loss(tape, examples, { factor: 1, random, epoch });
}

/** Draws the same numbers again and again. */
export class Repeated extends Random {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(...numbers: readonly number[]) {
    super([1, 2, 3, 4]);
    this.#numbers = numbers;
  }

  override next(): number {
    return this.#numbers[this.#at++ % this.#numbers.length] ?? 0;
  }
}
