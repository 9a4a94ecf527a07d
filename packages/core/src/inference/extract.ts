import type { Prediction } from "../metrics/index.ts";
import type { Example, PredictOptions } from "../models/index.ts";
import type { Document, Entity, Relation, Sentence, Span } from "../schema/index.ts";
import type { BuiltModel } from "./built-model.ts";
import { Predictor } from "./predictor.ts";

/** Predicts many sentences at once: this thread, or workers. */
export type Predict = (
  examples: readonly Example[],
  options: PredictOptions,
) => readonly Prediction[] | Promise<readonly Prediction[]>;

export interface ExtractOptions {
  /** Where the work is done; this thread where left out. */
  readonly predict?: Predict | undefined;
  /** The probability from which a relation counts; the model's own where left out. */
  readonly threshold?: PredictOptions["threshold"] | undefined;
  /** Entities and relations less sure than this are left out; 0 keeps all. */
  readonly minConfidence?: number | undefined;
  /** Longer sentences are read in pieces of this many tokens, since the cost of a sentence grows with its length squared. */
  readonly longestSentence?: number | undefined;
  /** Sentences predicted at a time. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tokens of a sentence read in one piece. The longest sentences of the usual corpora have about 150. */
export const longestSentence = 256;

const defaultBatch = 256;

/**
 * Finds entities and relations in documents: each comes back with the model's annotation in place of its own, in order; a model that needs
 * entities is given those of the document. Streams: a batch of sentences is in memory at a time, and of a document no more than itself.
 */
export async function* extract(
  built: BuiltModel,
  documents: Iterable<Document> | AsyncIterable<Document>,
  options: ExtractOptions = {},
): AsyncGenerator<Document> {
  const here = new Predictor(built);
  const predict = options.predict ?? ((examples, how) => here.predict(examples, how));
  const limit = options.batch ?? defaultBatch;
  let waiting: Document[] = [];
  let pieces: Piece[] = [];
  for await (const document of documents) {
    options.signal?.throwIfAborted();
    for (const piece of piecesOf(document, waiting.length, options.longestSentence ?? longestSentence)) pieces.push(piece);
    waiting.push(document);
    // Documents without a sentence wait as well; a stream of nothing else must not pile up.
    if (pieces.length < limit && waiting.length < limit) continue;
    yield* annotate(built, predict, waiting, pieces, options);
    waiting = [];
    pieces = [];
  }
  yield* annotate(built, predict, waiting, pieces, options);
}

/** A sentence, or a part of one that is too long. */
interface Piece {
  readonly document: number;
  /** Tokens of the document. */
  readonly span: Span;
}

function piecesOf({ sentences }: Document, document: number, limit: number): Piece[] {
  return sentences.flatMap(({ start, end }) =>
    Array.from({ length: Math.ceil((end - start) / limit) }, (_, k) => ({
      document,
      span: { start: start + k * limit, end: Math.min(end, start + (k + 1) * limit) },
    })),
  );
}

async function* annotate(
  { encoder, description, definition }: BuiltModel,
  predict: Predict,
  documents: readonly Document[],
  pieces: readonly Piece[],
  options: ExtractOptions,
): AsyncGenerator<Document> {
  const { needsGoldEntities } = definition.capabilities;
  const examples = pieces.map(({ document, span }) =>
    encoder.encode(sentenceAt(documents[document] as Document, span, needsGoldEntities)),
  );
  const predictions = await predict(examples, { threshold: options.threshold ?? description.threshold });
  let next = 0;
  for (const [index, document] of documents.entries()) {
    const entities: Entity[] = [];
    const relations: Relation[] = [];
    for (; pieces[next]?.document === index; next++) {
      const shift = pieces[next]?.span.start ?? 0;
      const found = confident(predictions[next] as Prediction, options.minConfidence ?? 0);
      const first = entities.length;
      for (const entity of found.entities) entities.push({ ...entity, start: entity.start + shift, end: entity.end + shift });
      for (const relation of found.relations) {
        relations.push({ ...relation, head: relation.head + first, tail: relation.tail + first });
      }
    }
    yield { ...document, entities, relations };
  }
}

/** @param given whether the model is to be given the document's entities; those that a piece cannot hold are not among them */
function sentenceAt(document: Document, span: Span, given: boolean): Sentence {
  const tokens = document.tokens.slice(span.start, span.end).map((token) => token.text);
  const pos = document.pos?.slice(span.start, span.end);
  const entities = document.entities
    .filter(({ start, end }) => given && start >= span.start && end <= span.end)
    .map((entity) => ({ ...entity, start: entity.start - span.start, end: entity.end - span.start }));
  return { id: document.id, tokens, ...(pos === undefined ? {} : { pos }), entities, relations: [] };
}

/** The entities and relations that are sure enough; a relation goes with its arguments. */
function confident({ entities, relations }: Prediction, least: number): Pick<Prediction, "entities" | "relations"> {
  if (least <= 0) return { entities, relations };
  const places = new Map<number, number>();
  const kept = entities.filter((entity, index) => {
    if ((entity.confidence ?? 1) < least) return false;
    places.set(index, places.size);
    return true;
  });
  const related = relations.flatMap((relation) => {
    const head = places.get(relation.head);
    const tail = places.get(relation.tail);
    return head === undefined || tail === undefined || (relation.confidence ?? 1) < least ? [] : [{ ...relation, head, tail }];
  });
  return { entities: kept, relations: related };
}
