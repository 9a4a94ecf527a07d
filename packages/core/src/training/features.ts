import { kernelMark } from "@weft-nlp/tensor";
import { type EncoderExample, type FrozenUse, inputParts } from "../encoders/index.ts";
import type { BuiltModel } from "../inference/index.ts";
import type { Example } from "../models/index.ts";
import type { FrozenReference } from "../nn/index.ts";
import type { Executor } from "./executor.ts";

/** What decides the features of a sentence, apart from its words. */
export interface FeatureGroup extends Required<Pick<FrozenReference, "pieces" | "layers">> {
  /** The encoder's name, for people. */
  readonly name: string;
  /** SHA-256 of the encoder's weights. */
  readonly checksum: string;
  /** The kernels that compute them, from `kernelMark`: others differ in the last bits. */
  readonly kernels: string;
  /** Numbers of each word. */
  readonly size: number;
}

/** Keeps the features of sentences between trainings. */
export interface FeatureStore {
  /** The features of each sentence, as 16-bit floats; undefined where there are none. */
  read(group: FeatureGroup, sentences: readonly (readonly string[])[]): Promise<(Uint16Array | undefined)[]>;
  write(group: FeatureGroup, sentences: readonly (readonly string[])[], features: readonly Uint16Array[]): Promise<void>;
  /** Why features could not be kept; undefined as long as they can. */
  readonly problem?: string | undefined;
}

/** The features of a frozen encoder are being computed, before the first step. */
export interface FeaturesEvent {
  readonly kind: "features";
  /** Sentences done, different ones counted once, and how many there are. */
  readonly done: number;
  readonly total: number;
  /** Sentences whose features were kept from an earlier training. */
  readonly kept: number;
  /** Bytes of the features in memory. */
  readonly bytes: number;
  /** Sentences that do not fit into the allowed memory: they are computed again in every epoch. */
  readonly left: number;
  /** Why features cannot be kept for later trainings; undefined if they can. */
  readonly problem: string | undefined;
}

/** Where features are kept, and how many. */
export interface FeatureOptions {
  /** Keeps features between trainings; defaults to nothing. */
  readonly store?: FeatureStore | undefined;
  /** The most bytes of features to hold in memory; defaults to no limit. */
  readonly maxBytes?: number | undefined;
}

/** Bytes of features that are read, computed and kept at once. */
const slabBytes = 32 << 20;

/**
 * Computes the rows of the frozen networks that a model reads, once for all its examples, and
 * attaches them. They lie in memory that threads share, where there is such, so that sending an
 * example to a thread copies none of them.
 *
 * @returns the examples with their rows, list by list
 */
export async function* addFeatures(
  built: BuiltModel,
  executor: Executor,
  lists: readonly (readonly Example[])[],
  { store, maxBytes = Number.POSITIVE_INFINITY }: FeatureOptions,
): AsyncGenerator<FeaturesEvent, readonly (readonly Example[])[], void> {
  let all = lists;
  for (const [part, use] of built.frozen.uses) {
    const columns = inputParts.find(part)?.frozen;
    if (columns === undefined) continue;
    const sentenceOf = (example: Example): readonly string[] | undefined => {
      const own = (example as EncoderExample).inputs[part];
      return own === undefined || example.length === 0 ? undefined : columns.sentence(own);
    };
    const distinct = new Map<string, readonly string[]>();
    for (const sentence of all.flatMap((list) => list.map(sentenceOf))) {
      if (sentence !== undefined) distinct.set(keyOf(sentence), sentence);
    }
    const found = yield* computeFeatures(part, use, [...distinct.values()], { built, executor, store, maxBytes });
    all = all.map((list) =>
      list.map((example) => {
        const sentence = sentenceOf(example);
        const features = sentence && found.get(keyOf(sentence));
        if (features === undefined) return example;
        const { inputs } = example as EncoderExample;
        return { ...example, inputs: { ...inputs, [part]: columns.attach(inputs[part] ?? {}, features) } };
      }),
    );
  }
  return all;
}

interface Work {
  readonly maxBytes: number;
  readonly built: BuiltModel;
  readonly executor: Executor;
  readonly store: FeatureStore | undefined;
}

async function* computeFeatures(
  part: string,
  use: FrozenUse,
  sentences: readonly (readonly string[])[],
  { built, executor, store, maxBytes }: Work,
): AsyncGenerator<FeaturesEvent, Map<string, Int32Array>, void> {
  const { encoder, reference, layers, width } = use;
  const group: FeatureGroup = {
    name: encoder.name,
    checksum: encoder.checksum,
    pieces: reference.pieces,
    layers: reference.layers,
    kernels: kernelMark(built.engine.build),
    size: layers * width,
  };
  const found = new Map<string, Int32Array>();
  let [done, kept, bytes] = [0, 0, 0];
  for (const slab of slabsOf(sentences, group.size)) {
    const room = slab.reduce((total, sentence) => total + numbersOf(sentence, group.size) * 4, 0);
    if (bytes + room > maxBytes) break;
    const features: (Uint16Array | undefined)[] = store === undefined ? [] : await store.read(group, slab);
    const missing = slab.filter((_, k) => features[k] === undefined);
    const computed = missing.length === 0 ? [] : await executor.features(part, missing);
    if (computed.length > 0) await store?.write(group, missing, computed);
    const block = sharedBlock(room);
    let [at, next] = [0, 0];
    for (const [k, sentence] of slab.entries()) {
      const halves = features[k] ?? computed[next++] ?? new Uint16Array(0);
      const length = numbersOf(sentence, group.size);
      new Uint16Array(block, at, halves.length).set(halves);
      found.set(keyOf(sentence), new Int32Array(block, at, length));
      at += length * 4;
    }
    done += slab.length;
    kept += slab.length - missing.length;
    bytes += room;
    yield { kind: "features", done, total: sentences.length, kept, bytes, left: 0, problem: store?.problem };
  }
  const left = sentences.length - done;
  if (left > 0) yield { kind: "features", done, total: sentences.length, kept, bytes, left, problem: store?.problem };
  return found;
}

/** Words that cannot run together, since they may hold anything. */
function keyOf(sentence: readonly string[]): string {
  return JSON.stringify(sentence);
}

/** How many 32-bit numbers hold the features of a sentence: two of 16 bits in each. */
function numbersOf(sentence: readonly string[], size: number): number {
  return Math.ceil((sentence.length * size) / 2);
}

function* slabsOf(sentences: readonly (readonly string[])[], size: number): Generator<(readonly string[])[]> {
  let slab: (readonly string[])[] = [];
  let bytes = 0;
  for (const sentence of sentences) {
    slab.push(sentence);
    bytes += sentence.length * size * 2;
    if (bytes < slabBytes) continue;
    yield slab;
    [slab, bytes] = [[], 0];
  }
  if (slab.length > 0) yield slab;
}

function sharedBlock(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}
