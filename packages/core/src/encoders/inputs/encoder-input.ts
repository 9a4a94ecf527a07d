import { type Matrix, ones, operations, type Tape, zeros } from "@weft-nlp/tensor";
import { z } from "zod";
import type { FineTuning, FrozenReference } from "../../nn/index.ts";
import { type Columns, defineInput, numbersOf, type PartNetwork, type PartPlace } from "../input-part.ts";
import { missingEncoder } from "../pretrained/frozen-networks.ts";
import { layerMix } from "../pretrained/layer-mix.ts";
import { stateMix } from "../pretrained/state-mix.ts";

export interface EncoderSettings extends FrozenReference {
  readonly train: FineTuning | false;
  readonly dropout: number;
}

const tuning: z.ZodType<FineTuning> = z.strictObject({
  freezeBelow: z
    .int()
    .min(0)
    .max(128)
    .default(0)
    .describe("the first layer to train; those below keep their weights. The embeddings are layer 0"),
  rate: z.number().positive().default(5e-5).describe("learning rate of the encoder, in place of optimizer.rate"),
  decay: z.number().min(0).default(0.01).describe("weight decay of the encoder, with adamw"),
  dropout: z.number().min(0).lt(1).default(0.1).describe("dropout inside the encoder"),
});

/**
 * A pretrained transformer: a learned sum of its layers for every word (Peters et al. 2018, eq. 1),
 * with dropout. Its weights stay as they are, or are trained with the model.
 *
 * An example holds the words, and the rows of a network with fixed weights if they were computed
 * before: training does so.
 */
export const encoder = defineInput<EncoderSettings>({
  name: "encoder",
  summary: "the word in its sentence, read by a pretrained transformer",
  settings: (own) =>
    z
      .strictObject({
        name: z.string().min(1).optional().describe("an encoder in the cache, by its name: weft encoder list"),
        path: z.string().min(1).optional().describe("an encoder's folder: config.json, tokenizer.json, model.safetensors"),
        checksum: z
          .string()
          .regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits, in lower case")
          .optional()
          .describe("SHA-256 of the weights; training fills it in"),
        layers: z
          .enum(["mix", "last"])
          .default(own.layers ?? "mix")
          .describe("layers to read: a learned sum of all of them, or only the last, which takes less memory"),
        pieces: z
          .enum(["mean", "first"])
          .default(own.pieces ?? "mean")
          .describe("what represents a word of several pieces: their mean, or the first piece"),
        train: z
          .union([tuning, z.literal(["on", true, "off", false]).transform(switched)])
          .prefault("off")
          .describe("whether the encoder is trained with the model; off: its weights stay fixed"),
        dropout: z
          .number()
          .min(0)
          .lt(1)
          .default(own.dropout ?? 0.3)
          .describe("dropout on the encoder's output"),
      })
      .refine(({ name, path }) => (name === undefined) !== (path === undefined), "expected either name or path of an encoder"),
  reader:
    () =>
    ({ tokens }) => ({ tokens, known: new Int32Array(tokens.length), features: new Int32Array(0) }),
  frozen: {
    sentence: (columns) => columns["tokens"] as readonly string[],
    attach: (columns, features) => ({ ...columns, known: numbersOf(columns, "known").map(() => 1), features }),
  },
  build: (settings, place) =>
    settings.train === false ? frozenPart(settings, place) : trainedPart(settings, settings.train, place),
});

function switched(word: "on" | "off" | boolean): FineTuning | false {
  return word === "on" || word === true ? tuning.parse({}) : false;
}

function frozenPart(settings: EncoderSettings, { scope }: PartPlace): PartNetwork {
  const network = scope.frozen?.use("encoder", settings);
  if (network === undefined) throw missingEncoder(settings);
  const { layers, width } = network;
  const place = scope.child("pretrained");
  const mix = layers > 1 ? place.dense("mix", 1, layers, zeros) : undefined;
  const scale = place.dense("scale", 1, 1, ones);
  return partOf(settings, width, (tape, columns, offsets) => {
    const features = sentenceFeatures(columns, offsets, layers * width, (unknown) => network.features(unknown));
    return tape.apply(layerMix, { features, layers, width, mix, scale });
  });
}

function trainedPart(settings: EncoderSettings, train: FineTuning, { scope }: PartPlace): PartNetwork {
  const place = scope.child("pretrained");
  const network = scope.frozen?.train(place.child("transformer"), settings, train);
  if (network === undefined) throw missingEncoder(settings);
  const { layers, width } = network;
  // A single layer needs no factor: the weights below it are trained.
  const parameters =
    layers > 1 ? { layers, mix: place.dense("mix", 1, layers, zeros), scale: place.dense("scale", 1, 1, ones) } : undefined;
  return partOf(settings, width, (tape, columns, offsets) => {
    const states = network.words(tape, columns["tokens"] as readonly string[], offsets);
    return parameters === undefined ? (states[0] as Matrix) : tape.apply(stateMix, { states, ...parameters });
  });
}

/** @param read the rows of all words before dropout, [ΣN, W] */
function partOf(
  { dropout: rate }: EncoderSettings,
  width: number,
  read: (tape: Tape, columns: Columns, offsets: Int32Array) => Matrix,
): PartNetwork {
  return {
    name: "pretrained",
    width,
    rows: (tape, columns, offsets) => ({
      input: tape.apply(operations.dropout, { input: read(tape, columns, offsets), rate }),
    }),
  };
}

/**
 * The features of each sentence, [N, L·W]: those that its example brought, or computed now.
 *
 * @param size L·W
 */
function sentenceFeatures(
  columns: Columns,
  offsets: Int32Array,
  size: number,
  compute: (sentences: readonly (readonly string[])[]) => Uint16Array[],
): Uint16Array[] {
  const tokens = columns["tokens"] as readonly string[];
  const known = numbersOf(columns, "known");
  const kept = numbersOf(columns, "features");
  const found: (Uint16Array | undefined)[] = [];
  const unknown: (readonly string[])[] = [];
  let at = 0;
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [start, end] = [offsets[s] as number, offsets[s + 1] as number];
    const halves = (end - start) * size;
    if (end > start && known[start] === 1) {
      found.push(new Uint16Array(kept.buffer, kept.byteOffset + 4 * at, halves));
      at += Math.ceil(halves / 2);
    } else {
      found.push(undefined);
      unknown.push(tokens.slice(start, end));
    }
  }
  const computed = unknown.length === 0 ? [] : compute(unknown);
  let next = 0;
  return found.map((each) => each ?? (computed[next++] as Uint16Array));
}
