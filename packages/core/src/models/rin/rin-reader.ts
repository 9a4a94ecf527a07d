import { type EncoderExample, SentenceReader } from "../../encoders/index.ts";
import { readTags } from "../../heads/tags/read-tags.ts";
import { readCells } from "../../heads/word-pairs/read-cells.ts";
import type { Annotation, Omission, Sentence } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { Encoder } from "../model.ts";
import type { RinSettings } from "./rin-settings.ts";

/** A sentence as RIN reads it. */
export interface RinExample extends EncoderExample {
  /** Gold tags, [N]; −1 where the lexicon does not know the tag. */
  readonly tags: Int32Array;
  /** Gold cells as a flat list i, j, r, sorted and without duplicates. */
  readonly cells: Int32Array;
  /** The whole annotation, as the metrics count it. */
  readonly gold: Annotation;
}

/** Turns sentences into examples for RIN. */
export class RinReader implements Encoder<RinExample> {
  readonly #settings: RinSettings;
  readonly #lexicon: Lexicon;
  readonly #reader: SentenceReader;

  constructor(settings: RinSettings, lexicon: Lexicon) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#reader = new SentenceReader(settings.inputs, lexicon);
  }

  encode(sentence: Sentence, omissions: Omission[] = []): RinExample {
    const { tags, entities } = readTags(sentence, this.#lexicon, omissions);
    return {
      ...this.#reader.read(sentence, omissions),
      tags,
      cells: readCells(sentence, this.#settings, this.#lexicon, omissions),
      gold: { entities, relations: sentence.relations },
    };
  }
}
