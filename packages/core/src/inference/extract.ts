import type { Prediction } from "../metrics/index.ts";
import type { Example, PredictOptions } from "../models/index.ts";
import {
  type Annotation,
  type Document,
  type Entity,
  type Relation,
  roundConfidence,
  type Sentence,
  type Span,
} from "../schema/index.ts";
import type { BuiltModel } from "./built-model.ts";
import { mergeWindows, type WindowFinding } from "./merge-windows.ts";
import { Predictor } from "./predictor.ts";
import { type WindowOptions, windowSettings, windowsOf } from "./windows.ts";

/** Predicts many sentences at once: this thread, or workers. */
export type Predict = (
  examples: readonly Example[],
  options: PredictOptions,
) => readonly Prediction[] | Promise<readonly Prediction[]>;

export interface ExtractOptions extends WindowOptions {
  /** Where the work is done; this thread where left out. */
  readonly predict?: Predict | undefined;
  /** The probability from which a relation counts; the model's own where left out. */
  readonly threshold?: PredictOptions["threshold"] | undefined;
  /** Entities and relations less sure than this are left out; 0 keeps all. */
  readonly minConfidence?: number | undefined;
  /** Sentences predicted at a time. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told of every sentence that does not fit a window, before its document comes. */
  readonly onLongSentence?: ((long: LongSentence) => void) | undefined;
}

/** A sentence that was read in windows, and what that cost. */
export interface LongSentence {
  readonly document: string;
  /** Its place in the document, from 0. */
  readonly sentence: number;
  readonly tokens: number;
  readonly windows: number;
  /**
   * Entities of the input, for models that need them, that no window holds whole: the model has not
   * seen them.
   */
  readonly unread: number;
}

const defaultBatch = 512;

/**
 * Finds entities and relations in documents: each comes back with the model's annotation in place
 * of its own, in order; a model that needs entities is given those of the document. Streams: a
 * batch of sentences is in memory at a time, and of a document no more than itself.
 *
 * A sentence that is longer than the window is read in windows that overlap, and what they found is
 * put together by the rules of `mergeWindows`; nothing that was found is cut away.
 *
 * @throws {ConfigError} SETTING_INVALID where the overlap does not fit the window
 */
export async function* extract(
  built: BuiltModel,
  documents: Iterable<Document> | AsyncIterable<Document>,
  options: ExtractOptions = {},
): AsyncGenerator<Document> {
  const settings = windowSettings(options);
  const predict = options.predict ?? predictHere(built);
  const limit = options.batch ?? defaultBatch;
  let waiting: Document[] = [];
  let pieces: Piece[] = [];
  for await (const document of documents) {
    options.signal?.throwIfAborted();
    for (const [sentence, span] of document.sentences.entries()) {
      for (const window of windowsOf(span, settings)) pieces.push({ document: waiting.length, sentence, window });
    }
    waiting.push(document);
    // Documents without a sentence wait as well; a stream of nothing else must not pile up.
    if (pieces.length < limit && waiting.length < limit) continue;
    yield* annotate(built, predict, waiting, pieces, options);
    waiting = [];
    pieces = [];
  }
  yield* annotate(built, predict, waiting, pieces, options);
}

function predictHere(built: BuiltModel): Predict {
  const predictor = new Predictor(built);
  return (examples, how) => predictor.predict(examples, how);
}

/** A sentence, or a window of one that is too long. */
interface Piece {
  /** Its place among the documents that wait. */
  readonly document: number;
  readonly sentence: number;
  /** Tokens of the document. */
  readonly window: Span;
}

async function* annotate(
  { encoder, description, definition }: BuiltModel,
  predict: Predict,
  documents: readonly Document[],
  pieces: readonly Piece[],
  options: ExtractOptions,
): AsyncGenerator<Document> {
  const { needsGoldEntities } = definition.capabilities;
  const given = documents.map((document) => entitiesWithin(needsGoldEntities ? document.entities : []));
  const examples = pieces.map(({ document, window }) =>
    encoder.encode(sentenceAt(documents[document] as Document, window, given[document] as EntitiesWithin)),
  );
  const predictions = await predict(examples, { threshold: options.threshold ?? description.threshold });
  let next = 0;
  for (const [index, document] of documents.entries()) {
    const entities: Entity[] = [];
    const relations: Relation[] = [];
    while (pieces[next]?.document === index) {
      const { sentence } = pieces[next] as Piece;
      const findings: WindowFinding[] = [];
      for (; pieces[next]?.document === index && pieces[next]?.sentence === sentence; next++) {
        const { window } = pieces[next] as Piece;
        findings.push(findingOf(window, confident(predictions[next] as Prediction, options.minConfidence ?? 0)));
      }
      const span = document.sentences[sentence] as Span;
      if (findings.length > 1)
        options.onLongSentence?.(longSentence(document, sentence, findings, given[index] as EntitiesWithin));
      const found = findings.length === 1 ? (findings[0] as WindowFinding) : mergeWindows(span, findings, needsGoldEntities);
      const first = entities.length;
      for (const entity of found.entities) entities.push(entity);
      for (const relation of found.relations) {
        relations.push({ ...relation, head: relation.head + first, tail: relation.tail + first });
      }
    }
    yield { ...document, entities, relations };
  }
}

/** What was found, in tokens of the document. */
function findingOf(window: Span, { entities, relations }: Annotation): WindowFinding {
  const { start } = window;
  return {
    window,
    entities: entities.map((entity) => ({ ...entity, start: entity.start + start, end: entity.end + start })),
    relations,
  };
}

function longSentence(
  { id, sentences }: Document,
  sentence: number,
  findings: readonly WindowFinding[],
  given: EntitiesWithin,
): LongSentence {
  const { start, end } = sentences[sentence] as Span;
  const unread = given({ start, end }).filter(
    (entity) => !findings.some(({ window }) => entity.start >= window.start && entity.end <= window.end),
  );
  return { document: id, sentence, tokens: end - start, windows: findings.length, unread: unread.length };
}

/** The entities that lie in some tokens as a whole, in the order of the document. */
type EntitiesWithin = (span: Span) => Entity[];

/**
 * Looked up by where they start: a document may have as many entities as it has sentences, and each
 * asks for its own.
 */
function entitiesWithin(entities: readonly Entity[]): EntitiesWithin {
  const places = new Map<number, number[]>();
  for (const [place, { start }] of entities.entries()) {
    const known = places.get(start);
    if (known === undefined) places.set(start, [place]);
    else known.push(place);
  }
  return ({ start, end }) => {
    const inside: number[] = [];
    for (let token = start; places.size > 0 && token < end; token++) {
      for (const place of places.get(token) ?? []) if ((entities[place] as Entity).end <= end) inside.push(place);
    }
    return inside.sort((one, other) => one - other).map((place) => entities[place] as Entity);
  };
}

/**
 * @param given the entities that the model is to be given; those that a piece cannot hold are not
 *   among them
 */
function sentenceAt(document: Document, span: Span, given: EntitiesWithin): Sentence {
  const tokens = document.tokens.slice(span.start, span.end).map((token) => token.text);
  const pos = document.pos?.slice(span.start, span.end);
  const entities = given(span).map((entity) => ({
    ...entity,
    start: entity.start - span.start,
    end: entity.end - span.start,
  }));
  return { id: document.id, tokens, ...(pos === undefined ? {} : { pos }), entities, relations: [] };
}

/**
 * The entities and relations that are sure enough, by the digits that are written; a relation goes
 * with its arguments.
 */
function confident({ entities, relations }: Prediction, min: number): Pick<Prediction, "entities" | "relations"> {
  if (min <= 0) return { entities, relations };
  const sure = ({ confidence = 1 }: Entity | Relation): boolean => roundConfidence(confidence) >= min;
  const places = new Map<number, number>();
  const kept = entities.filter((entity, index) => {
    if (!sure(entity)) return false;
    places.set(index, places.size);
    return true;
  });
  const related = relations.flatMap((relation) => {
    const head = places.get(relation.head);
    const tail = places.get(relation.tail);
    return head === undefined || tail === undefined || !sure(relation) ? [] : [{ ...relation, head, tail }];
  });
  return { entities: kept, relations: related };
}
