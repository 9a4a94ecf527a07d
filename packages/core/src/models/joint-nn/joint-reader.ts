import { type EncoderExample, SentenceReader } from "../../encoders/index.ts";
import { type GoldSpanPairs, readSpanPairs } from "../../heads/span-pairs/read-relations.ts";
import type { Annotation, Omission, Sentence } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { Encoder } from "../model.ts";
import { readEntities } from "../tagging-network.ts";
import type { JointNnSettings } from "./joint-nn-settings.ts";

/** A sentence as the joint network reads it. */
export interface JointExample extends EncoderExample, GoldSpanPairs {
  /** Gold tags, [N]; −1 where the lexicon does not know the tag. */
  readonly tags: Int32Array;
  /** The labels of the gold entities: tags, or the labels of spans, [U]. */
  readonly labels: Int32Array;
  /** The whole annotation, as the metrics count it. */
  readonly gold: Annotation;
}

/** Turns sentences into examples for the joint network. */
export class JointReader implements Encoder<JointExample> {
  readonly #settings: Pick<JointNnSettings, "pairs" | "inputs" | "spans">;
  readonly #lexicon: Lexicon;
  readonly #reader: SentenceReader;

  constructor(settings: Pick<JointNnSettings, "pairs" | "inputs" | "spans">, lexicon: Lexicon) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#reader = new SentenceReader(settings.inputs, lexicon);
  }

  encode(sentence: Sentence, omissions: Omission[] = []): JointExample {
    const gold = readEntities(sentence, this.#settings, this.#lexicon, omissions);
    const report = (path: string, reason: string): void => void omissions.push({ source: sentence.id, path, reason });
    return {
      ...this.#reader.read(sentence, omissions),
      tags: gold.tags,
      labels: gold.labels,
      ...readSpanPairs(sentence, gold, this.#lexicon, this.#settings.pairs, report),
      gold: { entities: gold.entities, relations: sentence.relations },
    };
  }
}
