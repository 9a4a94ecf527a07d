import { decode } from "../constraints/index.ts";
import { type Prediction, thresholdOf } from "../metrics/index.ts";
import { type Example, type PredictOptions, proposalOf } from "../models/index.ts";
import {
  type Annotation,
  type Document,
  type Entity,
  inReadingUnits,
  type Relation,
  roundConfidence,
  type Sentence,
  type Span,
  withAnnotation,
} from "../schema/index.ts";
import type { BuiltModel, ModelDescription } from "./built-model.ts";
import { mergeWindows, type WindowFinding } from "./merge-windows.ts";
import { Predictor } from "./predictor.ts";
import { readAhead } from "./read-ahead.ts";
import { defaultWindow, type WindowOptions, windowSettings, windowsOf } from "./windows.ts";

/** Predicts many sentences at once, in this thread or in workers. */
export type Predict = (
  examples: readonly Example[],
  options: PredictOptions,
) => readonly Prediction[] | Promise<readonly Prediction[]>;

/** Options of `extract`. */
export interface ExtractOptions extends WindowOptions {
  /** Does the prediction; defaults to this thread. */
  readonly predict?: Predict | undefined;
  /** The minimum probability of a relation, 0 to 1; defaults to the model's own. */
  readonly threshold?: PredictOptions["threshold"] | undefined;
  /** The minimum confidence of entities and relations, 0 to 1; defaults to 0, which keeps all. */
  readonly minConfidence?: number | undefined;
  /** Sentences predicted at a time; defaults to 512. */
  readonly batch?: number | undefined;
  /**
   * Batches to read and to predict while the batch before is still under way; defaults to 0. Makes
   * sense if `predict` uses other threads, which would otherwise wait for this one.
   */
  readonly ahead?: number | undefined;
  /** Stops the stream. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every sentence that is longer than a window, before its document is yielded. */
  readonly onLongSentence?: ((long: LongSentence) => void) | undefined;
}

/** Reports a sentence that was read in windows. */
export interface LongSentence {
  /** The document's id. */
  readonly document: string;
  /** Index of the sentence, or of the unit that the model reads, in the document, from 0. */
  readonly sentence: number;
  readonly tokens: number;
  readonly windows: number;
  /**
   * The number of given entities that no window contains whole, and that the model therefore did
   * not see. Always 0 for models that find entities themselves.
   */
  readonly unread: number;
}

const defaultBatch = 512;

/**
 * Finds entities and relations in documents and yields each document, in order, with the model's
 * annotation in place of its own. A model that needs entities is given those of the document. The
 * input is streamed: only about one batch of sentences is in memory at a time, and `ahead` more.
 *
 * The sentences of a document are read in the units that the model was trained with. A sentence
 * longer than the window is read in overlapping windows, whose findings `mergeWindows`
 * merges.
 *
 * @throws {ConfigError} SETTING_INVALID if the window or the overlap is invalid
 */
export async function* extract(
  built: BuiltModel,
  documents: Iterable<Document> | AsyncIterable<Document>,
  options: ExtractOptions = {},
): AsyncGenerator<Document> {
  const { reading } = built.description;
  const window = options.window ?? Math.max(defaultWindow, reading?.tokens ?? 0);
  const settings = windowSettings({ ...options, window });
  const batches = predictedBatches(built, documents, settings, options);
  const { ahead = 0 } = options;
  for await (const batch of ahead > 0 ? readAhead(batches, ahead) : batches) {
    const predictions = await batch.predictions;
    options.signal?.throwIfAborted();
    yield* annotate(built, batch, predictions, options);
  }
}

/** Documents whose sentences are predicted together. */
interface Batch {
  readonly documents: readonly Document[];
  readonly pieces: readonly Piece[];
  readonly given: readonly EntitiesWithin[];
  readonly predictions: readonly Prediction[] | Promise<readonly Prediction[]>;
}

/** Collects documents into batches and starts the prediction of each. */
async function* predictedBatches(
  built: BuiltModel,
  documents: Iterable<Document> | AsyncIterable<Document>,
  settings: { readonly window: number; readonly overlap: number },
  options: ExtractOptions,
): AsyncGenerator<Batch> {
  const predict = options.predict ?? predictHere(built);
  const limit = options.batch ?? defaultBatch;
  let waiting: Document[] = [];
  let pieces: Piece[] = [];
  for await (const document of documents) {
    options.signal?.throwIfAborted();
    const { sentences } = inReadingUnits(document, built.description.reading);
    for (const [sentence, span] of sentences.entries()) {
      for (const window of windowsOf(span, settings)) pieces.push({ document: waiting.length, sentence, span, window });
    }
    waiting.push(document);
    // Documents without sentences wait as well, and a stream of them must not pile up.
    if (pieces.length < limit && waiting.length < limit) continue;
    yield startBatch(built, predict, waiting, pieces, options);
    waiting = [];
    pieces = [];
  }
  yield startBatch(built, predict, waiting, pieces, options);
}

function predictHere(built: BuiltModel): Predict {
  const predictor = new Predictor(built);
  return (examples, how) => predictor.predict(examples, how);
}

function startBatch(
  { encoder, description, definition }: BuiltModel,
  predict: Predict,
  documents: readonly Document[],
  pieces: readonly Piece[],
  { threshold = description.threshold }: ExtractOptions,
): Batch {
  const { needsGoldEntities } = definition.capabilities;
  const given = documents.map((document) => entitiesWithin(needsGoldEntities ? document.entities : []));
  const examples = pieces.map(({ document, window }) =>
    encoder.encode(sentenceAt(documents[document] as Document, window, given[document] as EntitiesWithin)),
  );
  const predictions = predict(examples, { threshold });
  // A failure is reported when the batch has its turn, or not at all if the consumer stops before.
  if (predictions instanceof Promise) predictions.catch(() => undefined);
  return { documents, pieces, given, predictions };
}

/** A sentence or what else the model reads at once, or a window of a long one. */
interface Piece {
  /** Index of the waiting document it belongs to. */
  readonly document: number;
  readonly sentence: number;
  /** The sentence, and the window, in tokens of the document. */
  readonly span: Span;
  readonly window: Span;
}

function* annotate(
  { definition, description }: BuiltModel,
  { documents, pieces, given }: Batch,
  predictions: readonly Prediction[],
  options: ExtractOptions,
): Generator<Document> {
  const { needsGoldEntities } = definition.capabilities;
  let next = 0;
  for (const [index, document] of documents.entries()) {
    const entities: Entity[] = [];
    const relations: Relation[] = [];
    while (pieces[next]?.document === index) {
      const { sentence, span } = pieces[next] as Piece;
      const findings: WindowFinding[] = [];
      for (; pieces[next]?.document === index && pieces[next]?.sentence === sentence; next++) {
        const { window } = pieces[next] as Piece;
        findings.push(findingOf(window, confident(predictions[next] as Prediction, options.minConfidence ?? 0)));
      }
      if (findings.length > 1)
        options.onLongSentence?.(longSentence(document, sentence, span, findings, given[index] as EntitiesWithin));
      const found =
        findings.length === 1
          ? (findings[0] as WindowFinding)
          : compliant(mergeWindows(span, findings, needsGoldEntities), description, options);
      const first = entities.length;
      for (const entity of found.entities) entities.push(entity);
      for (const relation of found.relations) {
        relations.push({ ...relation, head: relation.head + first, tail: relation.tail + first });
      }
    }
    yield withAnnotation(document, { entities, relations });
  }
}

/** What windows found together may break constraints that each of them meets. */
function compliant(found: Annotation, { constraints, threshold: own }: ModelDescription, options: ExtractOptions): Annotation {
  if (constraints === undefined) return found;
  const { threshold = own } = options;
  const proposed = proposalOf(found);
  return proposed.decide(
    decode(proposed.proposal(), constraints, { ...constraints, thresholdOf: (type) => thresholdOf(threshold, type) }),
  );
}

/** Converts the findings in a window to tokens of the document. */
function findingOf(window: Span, { entities, relations }: Annotation): WindowFinding {
  const { start } = window;
  return {
    window,
    entities: entities.map((entity) => ({ ...entity, start: entity.start + start, end: entity.end + start })),
    relations,
  };
}

function longSentence(
  { id }: Document,
  sentence: number,
  { start, end }: Span,
  findings: readonly WindowFinding[],
  given: EntitiesWithin,
): LongSentence {
  const unread = given({ start, end }).filter(
    (entity) => !findings.some(({ window }) => entity.start >= window.start && entity.end <= window.end),
  );
  return { document: id, sentence, tokens: end - start, windows: findings.length, unread: unread.length };
}

/** Returns the entities that lie wholly within a span, in the order of the document. */
type EntitiesWithin = (span: Span) => Entity[];

/**
 * Indexes entities by their start. Every sentence looks up its own, so a scan of all entities would
 * take quadratic time.
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

/** @param given looks up the entities to give to the model */
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
 * Keeps the entities and relations whose confidence, rounded as in the output, is at least `min`. A
 * relation is dropped with its arguments.
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
