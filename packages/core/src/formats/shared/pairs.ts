import type { Location } from "../../errors.ts";
import { within } from "../../json/fields.ts";
import {
  type Document,
  type Entity,
  type Omission,
  type OmissionKind,
  type Relation,
  type Span,
  validateDocument,
} from "../../schema/index.ts";
import type { ReadEvent, ReadOptions } from "../format.ts";
import { annotatedText, tokensOf } from "./annotated-text.ts";
import { splitReason } from "./character-spans.ts";
import type { TextChunks } from "./lines.ts";
import { type JsonRecord, type Omit, readJsonRecords } from "./records.ts";
import { unlessInvalid } from "./unless-invalid.ts";

/** One record of a format that has a record for each pair: a sentence, and the pair in it. */
export interface PairRecord {
  /** The sentence, without annotation. */
  readonly plain: Document;
  /** Absent for a sentence without a pair. */
  readonly pair?: { readonly head: PairEnd; readonly tail: PairEnd; readonly type: string | undefined } | undefined;
}

/** An end of a pair. */
export interface PairEnd extends Entity {
  /**
   * The exact characters, where the file gives no tokens: half-open UTF-16 units of the text. The
   * tokens of the sentence then begin and end there.
   */
  readonly characters?: Span | undefined;
  /** Where the file says so, for reports about the characters. */
  readonly path?: string | undefined;
}

/** What reading one record gave. */
export interface ReadPair extends PairRecord {
  readonly at: Location;
  readonly omissions: readonly Omission[];
}

/**
 * Reads one record and collects what it omits.
 *
 * @returns undefined for an invalid record that `onInvalid` received
 */
export function readPair(
  at: Location,
  read: (omit: Omit) => PairRecord,
  onInvalid?: ReadOptions["onInvalid"],
): ReadPair | undefined {
  const omissions: Omission[] = [];
  const omit: Omit = (path: string, reason: string, { source, line }: Location = at, kind?: OmissionKind) => {
    omissions.push({ source, line, path: within(at, path).path, reason, ...(kind === undefined ? {} : { kind }) });
  };
  const record = unlessInvalid(() => read(omit), onInvalid);
  return record && { ...record, at, omissions };
}

/** Makes sentences of JSON records with a pair each, and skips invalid ones if asked to. */
export async function* sentencesOfJsonPairs(
  chunks: TextChunks,
  { source, onInvalid }: Pick<ReadOptions, "source" | "onInvalid">,
  read: (record: JsonRecord, omit: Omit) => PairRecord,
): AsyncGenerator<ReadEvent> {
  async function* records(): AsyncGenerator<IdentifiedPair> {
    for await (const record of readJsonRecords(chunks, source, onInvalid)) {
      const hasId = record.fields["id"] !== undefined && record.fields["id"] !== null;
      const pair = readPair(record.at, (omit) => read(record, omit), onInvalid);
      if (pair !== undefined) yield { ...pair, hasId };
    }
  }
  yield* sentencesOfPairs(records());
}

/** A record, and whether its id comes from the file. */
type IdentifiedPair = ReadPair & { readonly hasId: boolean };

/** How many tokens of sentences are held to wait for more of their pairs. */
const maxHeldTokens = 1 << 20;

/**
 * Makes sentences of records of pairs. Records of one sentence (the same text and tokens, and the
 * same id if the file has ids) become one sentence with all of their entities and relations, so
 * that no sentence is learnt from half of its annotation. Sentences come in the order of their
 * first records.
 *
 * Records need not be neighbours, but sentences are passed on when `maxTokens` are held, and later
 * records of them make sentences again.
 */
export async function* sentencesOfPairs(
  records: AsyncIterable<IdentifiedPair>,
  maxTokens = maxHeldTokens,
): AsyncGenerator<ReadEvent> {
  let held = new Map<string, OpenSentence>();
  let tokens = 0;
  const release = (): OpenSentence[] => {
    const all = [...held.values()];
    held = new Map();
    tokens = 0;
    return all;
  };
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const record of records) {
      // A sentence without a pair stays by itself, and need not wait unless others do.
      const key = record.pair === undefined ? `${held.size}` : keyOf(record);
      const known = held.get(key) ?? new OpenSentence(record);
      known.add(record);
      if (record.pair === undefined && held.size === 0) {
        yield* known.close();
        continue;
      }
      if (!held.has(key)) tokens += 1 + record.plain.tokens.length;
      held.set(key, known);
      if (tokens > maxTokens) for (const sentence of release()) yield* sentence.close();
    }
  } catch (error) {
    failure = { error };
  }
  // What was read before a fault is not lost.
  for (const sentence of release()) yield* sentence.close();
  if (failure !== undefined) throw failure.error;
}

function keyOf({ plain, hasId }: IdentifiedPair): string {
  return JSON.stringify([hasId ? plain.id : null, plain.metadata, plain.text, plain.tokens.map(({ start }) => start)]);
}

class OpenSentence {
  readonly #first: ReadPair;
  readonly #ends: { readonly end: PairEnd; readonly at: Location }[] = [];
  readonly #places = new Map<string, number>();
  readonly #relations = new Map<string, Relation>();
  readonly #omissions: Omission[] = [];

  constructor(first: ReadPair) {
    this.#first = first;
  }

  add({ pair, omissions, at }: ReadPair): void {
    this.#omissions.push(...omissions);
    if (pair === undefined) return;
    const [head, tail] = [this.#place(pair.head, at), this.#place(pair.tail, at)];
    if (pair.type !== undefined) this.#relations.set(`${head} ${tail} ${pair.type}`, { head, tail, type: pair.type });
  }

  *close(): Generator<ReadEvent> {
    const { at } = this.#first;
    const document = { ...this.#annotated(), relations: [...this.#relations.values()] };
    validateDocument(document, at);
    for (const omission of this.#omissions) yield { kind: "omission", omission };
    yield { kind: "document", document, at };
  }

  /** The sentence with its entities, and with tokens that end where their characters do. */
  #annotated(): Document {
    const { plain } = this.#first;
    const marked = this.#ends.flatMap(({ end: { characters } }) => characters ?? []);
    const { document, splits } =
      marked.length === 0
        ? { document: plain, splits: undefined }
        : annotatedText(plain.id, plain.text, marked, undefined, () => plain);
    const entities = this.#ends.map(({ end: { characters, path = "", start, end, type }, at }): Entity => {
      if (characters === undefined) return { start, end, type };
      const { trimmed, covering } = tokensOf(document.text, document.tokens, characters);
      const split = splits?.get(trimmed.start) ?? splits?.get(trimmed.end);
      if (split !== undefined) {
        const reason = splitReason(document.text.slice(trimmed.start, trimmed.end), split.text);
        const rule = split.rule === undefined ? {} : { rule: split.rule };
        this.#omissions.push({ source: at.source, line: at.line, path: within(at, path).path, reason, kind: "split", ...rule });
      }
      return { start: covering?.span.start ?? start, end: covering?.span.end ?? end, type };
    });
    return { ...document, entities };
  }

  #place(end: PairEnd, at: Location): number {
    const span = end.characters ?? end;
    const key = `${span.start} ${span.end} ${end.type === null ? "" : `:${end.type}`}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#ends.push({ end, at }) - 1;
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
