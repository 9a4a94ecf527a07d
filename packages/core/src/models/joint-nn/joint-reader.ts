import { type EncoderExample, SentenceReader } from "../../encoders/index.ts";
import { type GoldSpanPairs, readSpanPairs } from "../../heads/span-pairs/read-relations.ts";
import { readTags } from "../../heads/tags/read-tags.ts";
import type { Annotation, Omission, Sentence } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { Encoder } from "../model.ts";
import type { JointNnSettings } from "./joint-nn-settings.ts";

/** A sentence as the joint network reads it. */
export interface JointExample extends EncoderExample, GoldSpanPairs {
  /** Gold tags, [N]; −1 where the lexicon does not know the tag. */
  readonly tags: Int32Array;
  /** The whole annotation, as the metrics count it. */
  readonly gold: Annotation;
}

/** Turns sentences into examples for the joint network. */
export class JointReader implements Encoder<JointExample> {
  readonly #settings: Pick<JointNnSettings, "pairs" | "inputs">;
  readonly #lexicon: Lexicon;
  readonly #reader: SentenceReader;

  constructor(settings: Pick<JointNnSettings, "pairs" | "inputs">, lexicon: Lexicon) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#reader = new SentenceReader(settings.inputs, lexicon);
  }

  encode(sentence: Sentence, omissions: Omission[] = []): JointExample {
    const gold = readTags(sentence, this.#lexicon, omissions);
    const report = (path: string, reason: string): void => void omissions.push({ source: sentence.id, path, reason });
    return {
      ...this.#reader.read(sentence, omissions),
      tags: gold.tags,
      ...readSpanPairs(sentence, gold, this.#lexicon, this.#settings.pairs, report),
      gold: { entities: gold.entities, relations: sentence.relations },
    };
  }
}
