import type { Annotation, Loss, Sentence, Span } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Encoder, Example } from "../model.ts";
import type { RinSettings } from "./settings.ts";

/** A sentence as RIN reads it. */
export interface RinExample extends Example {
  readonly words: Int32Array;
  /** What each word becomes when word dropout takes it: its class of unknown words. */
  readonly unknown: Int32Array;
  readonly pos: Int32Array | undefined;
  /** Gold tags, [N]; −1 where the lexicon does not know the tag. */
  readonly tags: Int32Array;
  /** Gold cells i, j, r in a row, sorted and without repeats. */
  readonly cells: Int32Array;
  /** Everything that is annotated, as the metrics count it. */
  readonly gold: Annotation;
}

/** The word of an entity that carries its relations. */
export function anchorOf(span: Span, anchor: RinSettings["anchor"]): number {
  return anchor === "last" ? span.end - 1 : span.start;
}

export class RinEncoder implements Encoder<RinExample> {
  readonly #settings: RinSettings;
  readonly #lexicon: Lexicon;

  constructor(settings: RinSettings, lexicon: Lexicon) {
    this.#settings = settings;
    this.#lexicon = lexicon;
  }

  encode(sentence: Sentence, losses: Loss[] = []): RinExample {
    const { words: vocabulary, pos: posVocabulary, typed, scheme } = this.#lexicon;
    const { tokens } = sentence;
    const length = tokens.length;
    const entities = typed ? sentence.entities : sentence.entities.map((entity) => ({ ...entity, type: null }));
    const encoded = encodeTags(entities, length, scheme);
    for (const index of encoded.lost) {
      const span = sentence.entities[index];
      losses.push({
        source: sentence.id,
        path: `entities[${index}]`,
        reason: `tokens ${span?.start} to ${span?.end} overlap a longer entity, which tags cannot hold`,
      });
    }
    return {
      length,
      words: Int32Array.from(tokens, (token) => vocabulary.indexOf(token)),
      unknown: Int32Array.from(tokens, (token) => vocabulary.unknownIndexOf(token)),
      pos:
        posVocabulary === undefined
          ? undefined
          : Int32Array.from(tokens, (_, i) => posVocabulary.indexOf(sentence.pos?.[i] ?? "")),
      tags: Int32Array.from(encoded.tags, (tag, i) => this.#tag(tag, sentence, i, losses)),
      cells: this.#cells(sentence, losses),
      gold: { entities, relations: sentence.relations },
    };
  }

  #tag(tag: string, sentence: Sentence, index: number, losses: Loss[]): number {
    const id = this.#lexicon.tags.find(tag);
    if (id !== undefined) return id;
    losses.push({
      source: sentence.id,
      path: `tokens[${index}]`,
      reason: `training has no tag ${tag}; the word is left out of the loss`,
    });
    return -1;
  }

  #cells(sentence: Sentence, losses: Loss[]): Int32Array {
    const cells: [number, number, number][] = [];
    for (const [index, { head, tail, type }] of sentence.relations.entries()) {
      const from = sentence.entities[head];
      const to = sentence.entities[tail];
      const r = this.#lexicon.relations.find(type);
      if (r === undefined) {
        losses.push({ source: sentence.id, path: `relations[${index}]`, reason: `training has no relation type ${type}` });
      } else if (from !== undefined && to !== undefined) {
        const { anchor, diagonal } = this.#settings;
        const [i, j] = [anchorOf(from, anchor), anchorOf(to, anchor)];
        if (i !== j || diagonal) cells.push([i, j, r]);
        else losses.push({ source: sentence.id, path: `relations[${index}]`, reason: "both arguments share their anchor word" });
      }
    }
    cells.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
    const distinct = cells.filter((cell, k) => k === 0 || cell.some((value, axis) => value !== cells[k - 1]?.[axis]));
    return Int32Array.from(distinct.flat());
  }
}
