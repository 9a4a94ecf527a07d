import type { Location } from "../../errors.ts";
import { within } from "../../json/fields.ts";
import {
  type Document,
  type Entity,
  type Omission,
  type OmissionKind,
  type Relation,
  validateDocument,
} from "../../schema/index.ts";
import type { ReadEvent } from "../format.ts";
import type { Omit } from "./records.ts";

/** One record of a format that has a record for each pair: a sentence, and the pair in it. */
export interface PairRecord {
  /** The sentence, without annotation. */
  readonly plain: Document;
  /** Absent for a sentence without a pair. */
  readonly pair?: { readonly head: Entity; readonly tail: Entity; readonly type: string | undefined } | undefined;
}

/** What reading one record gave. */
export interface ReadPair extends PairRecord {
  readonly at: Location;
  readonly omissions: readonly Omission[];
}

/** Reads one record and collects what it omits. */
export function readPair(at: Location, read: (omit: Omit) => PairRecord): ReadPair {
  const omissions: Omission[] = [];
  const record = read((path: string, reason: string, { source, line }: Location = at, kind?: OmissionKind) => {
    omissions.push({ source, line, path: within(at, path).path, reason, ...(kind === undefined ? {} : { kind }) });
  });
  return { ...record, at, omissions };
}

/**
 * Makes sentences of records of pairs. Neighbouring records of one sentence (the same tokens, and
 * the same id if the file has ids) become one sentence with all of their entities and relations, so
 * that no sentence is learnt from half of its annotation.
 *
 * @param hasId whether the id of a record comes from the file
 */
export async function* sentencesOfPairs(
  records: AsyncIterable<ReadPair & { readonly hasId: boolean }>,
): AsyncGenerator<ReadEvent> {
  let open: OpenSentence | undefined;
  for await (const record of records) {
    const key = keyOf(record);
    if (open !== undefined && (open.key !== key || record.pair === undefined)) {
      yield* open.close();
      open = undefined;
    }
    open ??= new OpenSentence(record, key);
    open.add(record);
  }
  if (open !== undefined) yield* open.close();
}

function keyOf({ plain, hasId }: ReadPair & { readonly hasId: boolean }): string {
  return JSON.stringify([hasId ? plain.id : null, plain.metadata, plain.text, plain.tokens.map(({ start }) => start)]);
}

class OpenSentence {
  readonly key: string;
  readonly #first: ReadPair;
  readonly #entities: Entity[] = [];
  readonly #places = new Map<string, number>();
  readonly #relations = new Map<string, Relation>();
  readonly #omissions: Omission[] = [];

  constructor(first: ReadPair, key: string) {
    this.#first = first;
    this.key = key;
  }

  add({ pair, omissions }: ReadPair): void {
    this.#omissions.push(...omissions);
    if (pair === undefined) return;
    const [head, tail] = [this.#place(pair.head), this.#place(pair.tail)];
    if (pair.type !== undefined) this.#relations.set(`${head} ${tail} ${pair.type}`, { head, tail, type: pair.type });
  }

  *close(): Generator<ReadEvent> {
    const { plain, at } = this.#first;
    const document = { ...plain, entities: this.#entities, relations: [...this.#relations.values()] };
    validateDocument(document, at);
    for (const omission of this.#omissions) yield { kind: "omission", omission };
    yield { kind: "document", document, at };
  }

  #place(entity: Entity): number {
    const key = `${entity.start} ${entity.end} ${entity.type === null ? "" : `:${entity.type}`}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#entities.push(entity) - 1;
    this.#places.set(key, place);
    return place;
  }
}

/** A relation of a document to write, with its ends; a document without relations gives one gap. */
export function pairsOf({
  entities,
  relations,
}: Document): readonly ({ head: Entity; tail: Entity; type: string } | undefined)[] {
  if (relations.length === 0) return [undefined];
  return relations.map(({ head, tail, type }) => ({ head: entities[head] as Entity, tail: entities[tail] as Entity, type }));
}

/**
 * Reports the relations whose type means "no relation" in a format, for its writer.
 *
 * @param negatives the types that the format's reader does not make relations of
 */
export function omitNegatives({ relations }: Document, negatives: ReadonlySet<string>, omit: Omit): void {
  for (const [index, { type }] of relations.entries()) {
    if (negatives.has(type))
      omit(`relations[${index}].type`, `in this format the type ${JSON.stringify(type)} means no relation`);
  }
}
