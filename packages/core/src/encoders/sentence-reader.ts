import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";
import type { EncoderExample } from "./example.ts";
import type { ReadPart } from "./input-part.ts";
import { type Inputs, readParts } from "./input-settings.ts";

/** Turns a sentence into the example that a `SentenceEncoder` with the same inputs reads. */
export class SentenceReader {
  readonly #parts: readonly (readonly [name: string, read: ReadPart])[];

  constructor(inputs: Inputs, lexicon: Lexicon) {
    this.#parts = readParts(inputs, lexicon).map(({ name, part }) => [name, part.reader(lexicon)]);
  }

  /** @param omissions collects what the inputs cannot hold */
  read(sentence: Sentence, omissions: Omission[] = []): EncoderExample {
    return {
      length: sentence.tokens.length,
      inputs: Object.fromEntries(this.#parts.map(([name, read]) => [name, read(sentence, omissions)])),
    };
  }
}
