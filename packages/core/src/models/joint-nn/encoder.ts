import type { Annotation, Loss, Sentence } from "../../schema/index.ts";
import { encodeTags } from "../../text/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Encoder, Example } from "../model.ts";
import { spanKey } from "./candidates.ts";
import type { JointNnSettings } from "./settings.ts";

/** A sentence as the joint network reads it. */
export interface JointExample extends Example {
  readonly tokens: readonly string[];
  readonly words: Int32Array;
  /** What each word becomes when word dropout takes it. */
  readonly unknown: Int32Array;
  /** Gold tags, [N]; −1 where the lexicon does not know the tag. */
  readonly tags: Int32Array;
  /** Gold entities that tags can hold: start and end in a row, in order. */
  readonly spans: Int32Array;
  /** Gold relations between them: head and tail by their place in `spans`, and the type. One for each pair of the model. */
  readonly relations: Int32Array;
  /** Everything that is annotated, as the metrics count it. */
  readonly gold: Annotation;
}

export class JointEncoder implements Encoder<JointExample> {
  readonly #lexicon: Lexicon;
  readonly #order: JointNnSettings["pairs"];

  constructor(settings: Pick<JointNnSettings, "pairs">, lexicon: Lexicon) {
    this.#order = settings.pairs;
    this.#lexicon = lexicon;
  }

  encode(sentence: Sentence, losses: Loss[] = []): JointExample {
    const { words: vocabulary, typed, scheme } = this.#lexicon;
    const { tokens } = sentence;
    const entities = typed ? sentence.entities : sentence.entities.map((entity) => ({ ...entity, type: null }));
    const { tags, lost } = encodeTags(entities, tokens.length, scheme);
    const report = (path: string, reason: string): void => void losses.push({ source: sentence.id, path, reason });
    for (const index of lost) {
      const span = entities[index];
      report(`entities[${index}]`, `tokens ${span?.start} to ${span?.end} overlap a longer entity, which tags cannot hold`);
    }
    const kept = entities.map((entity, index) => ({ entity, index })).filter(({ index }) => !lost.includes(index));
    kept.sort((x, y) => x.entity.start - y.entity.start);
    const places = new Map(kept.map(({ index }, place) => [index, place]));
    return {
      length: tokens.length,
      tokens,
      words: Int32Array.from(tokens, (token) => vocabulary.indexOf(token)),
      unknown: Int32Array.from(tokens, (token) => vocabulary.unknownIndexOf(token)),
      tags: Int32Array.from(tags, (tag, i) => {
        const id = this.#lexicon.tags.find(tag);
        if (id === undefined) report(`tokens[${i}]`, `training has no tag ${tag}; the word is left out of the loss`);
        return id ?? -1;
      }),
      spans: Int32Array.from(kept.flatMap(({ entity: { start, end } }) => [start, end])),
      relations: this.#relations(sentence, places, report),
      gold: { entities, relations: sentence.relations },
    };
  }

  #relations(
    { relations, entities }: Sentence,
    places: ReadonlyMap<number, number>,
    report: (path: string, reason: string) => void,
  ): Int32Array {
    const types = new Map<string, readonly [head: number, tail: number, type: number]>();
    for (const [index, { head, tail, type }] of relations.entries()) {
      const path = `relations[${index}]`;
      const id = this.#lexicon.relations.find(type);
      const [from, to] = [places.get(head), places.get(tail)];
      if (id === undefined) report(path, `training has no relation type ${type}`);
      else if (from === undefined || to === undefined) report(path, "an argument overlaps a longer entity");
      else if (from === to) report(path, `both arguments are the entity at ${spanKey(entities[head] ?? { start: 0, end: 0 })}`);
      else {
        const pair = this.#order === "ordered" ? `${from} ${to}` : `${Math.min(from, to)} ${Math.max(from, to)}`;
        if (types.has(pair)) report(path, "the pair has a relation already; it can hold one, the last");
        types.set(pair, [from, to, id]);
      }
    }
    return Int32Array.from([...types.values()].flat());
  }
}
