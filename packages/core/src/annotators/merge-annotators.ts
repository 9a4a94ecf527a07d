import {
  type Annotation,
  type Document,
  type Entity,
  type Note,
  notesOf,
  type Relation,
  roundConfidence,
  sentenceDocuments,
  withAnnotation,
  withNotes,
} from "../schema/index.ts";
import { type RelationItem, relationKey, relationsOf, spanKey, surfaceOf, typedSpanKey, typeOf } from "./items.ts";
import type { MatchedAnnotators, SharedDocument } from "./match-annotators.ts";

/** When an item is kept: if more than half of the annotators have it, if one has, if all have. */
export const mergeRules = ["majority", "union", "intersection"] as const;
/** One of `mergeRules`. */
export type MergeRule = (typeof mergeRules)[number];

/** Several annotations made one. */
export interface AnnotatorMerge {
  readonly documents: readonly Document[];
  /**
   * The sentences on which annotators disagree, with everything that any of them marked. What all
   * have has no confidence; everything else has the share of the annotators who have it, so it
   * becomes a suggestion in the page. `metadata.disagreements` says who has what.
   */
  readonly adjudication: readonly Document[];
  readonly counts: {
    readonly entities: MergeCounts;
    readonly relations: MergeCounts;
    /** Disputed relations between two sentences, which no sentence of `adjudication` can hold. */
    readonly acrossSentences: number;
  };
}

interface MergeCounts {
  /** What at least one annotator marked. */
  readonly marked: number;
  /** Of these, what every annotator of the document marked. */
  readonly unanimous: number;
  readonly kept: number;
}

type RelationVote = Vote<RelationItem>;

interface Vote<Item> {
  readonly item: Item;
  readonly by: number[];
}

/**
 * Makes one annotation of several. Entities are the same if their span and type are; relations, if
 * their type and the spans of their ends are. A relation is kept if there is an entity at both its
 * ends; of several at one span, the one with the most votes. Documents that only one annotator has
 * keep that annotation. Notes of all annotators are kept; see `withAnnotation`.
 */
export function mergeAnnotators({ names, documents }: MatchedAnnotators, rule: MergeRule): AnnotatorMerge {
  const counts = {
    entities: { marked: 0, unanimous: 0, kept: 0 },
    relations: { marked: 0, unanimous: 0, kept: 0 },
    acrossSentences: 0,
  };
  const merged: Document[] = [];
  const adjudication: Document[] = [];
  for (const shared of documents) {
    const { entities, relations } = votesOf(shared);
    const voters = shared.annotations.filter((each) => each !== undefined).length;
    const keep = ({ by }: { readonly by: readonly number[] }): boolean =>
      rule === "union" || (rule === "majority" ? 2 * by.length > voters : by.length === voters);
    const unanimous = ({ by }: { readonly by: readonly number[] }): boolean => by.length === voters;
    for (const [kind, votes] of [
      ["entities", entities],
      ["relations", relations],
    ] as const) {
      counts[kind].marked += votes.length;
      counts[kind].unanimous += votes.filter(unanimous).length;
    }
    const annotate = (kept: typeof keep): Annotation => annotationOf(entities.filter(kept), relations.filter(kept), voters);
    const { document } = shared;
    const kept = withoutConfidence(annotate(keep));
    merged.push(withSharedNotes(shared, kept));
    counts.entities.kept += kept.entities.length;
    counts.relations.kept += kept.relations.length;
    const disputed = [...entities, ...relations].some((vote) => !unanimous(vote));
    if (!disputed) continue;
    const across = ({ item: { head, tail } }: RelationVote): boolean =>
      !document.sentences.some((span) => isIn(span, head) && isIn(span, tail));
    counts.acrossSentences += relations.filter((vote) => !unanimous(vote) && across(vote)).length;
    for (const made of sentenceDocuments(
      withSharedNotes(
        shared,
        annotate(() => true),
      ),
    )) {
      if (![...made.entities, ...made.relations].some(({ confidence }) => confidence !== undefined)) continue;
      const { span } = made;
      const disagreements = [
        ...entities.filter((vote) => !unanimous(vote) && isIn(span, vote.item)).map((vote) => sayEntity(vote, shared, names)),
        ...relations
          .filter((vote) => !unanimous(vote) && isIn(span, vote.item.head))
          .map((vote) => sayRelation(vote, shared, names)),
      ];
      const { span: _, ...sentence } = made;
      adjudication.push({ ...sentence, metadata: { ...sentence.metadata, disagreements } });
    }
  }
  return { documents: merged, adjudication, counts };
}

/** The document with an annotation and the notes of every annotator, each of them once. */
function withSharedNotes({ document, annotations }: SharedDocument, annotation: Annotation): Document {
  const notes = new Map<string, Note>();
  for (const each of annotations) {
    if (each === undefined) continue;
    for (const note of notesOf(withAnnotation(each, annotation))) {
      notes.set(JSON.stringify([note.text, note.entity, note.relation]), note);
    }
  }
  const changed = { ...document, entities: annotation.entities, relations: annotation.relations };
  return notes.size === 0 ? changed : withNotes(changed, [...notes.values()]);
}

function votesOf({ annotations }: SharedDocument): {
  entities: Vote<Entity>[];
  relations: Vote<RelationItem>[];
} {
  const entities = new Map<string, Vote<Entity>>();
  const relations = new Map<string, Vote<RelationItem>>();
  const vote = <Item>(votes: Map<string, Vote<Item>>, key: string, item: Item, annotator: number): void => {
    const known = votes.get(key) ?? { item, by: [] };
    votes.set(key, known);
    if (!known.by.includes(annotator)) known.by.push(annotator);
  };
  for (const [annotator, annotation] of annotations.entries()) {
    for (const entity of annotation?.entities ?? []) vote(entities, typedSpanKey(entity), entity, annotator);
    for (const relation of annotation === undefined ? [] : relationsOf(annotation))
      vote(relations, relationKey(relation), relation, annotator);
  }
  const inText = (a: Entity, b: Entity): number =>
    a.start - b.start || a.end - b.end || (typeOf(a) < typeOf(b) ? -1 : typeOf(a) > typeOf(b) ? 1 : 0);
  return {
    entities: [...entities.values()].sort((a, b) => inText(a.item, b.item)),
    relations: [...relations.values()].sort(
      (a, b) => inText(a.item.head, b.item.head) || inText(a.item.tail, b.item.tail) || (a.item.type < b.item.type ? -1 : 1),
    ),
  };
}

/** Items that not everyone has get the share of the annotators who have them as confidence. */
function annotationOf(entities: readonly Vote<Entity>[], relations: readonly Vote<RelationItem>[], voters: number): Annotation {
  const share = ({ by }: { readonly by: readonly number[] }): { confidence?: number } =>
    by.length === voters ? {} : { confidence: roundConfidence(by.length / voters) };
  // A relation joins spans. Of several types at a span, the one with the most votes is its end.
  const best = new Map<string, { readonly index: number; readonly votes: number }>();
  for (const [index, { item, by }] of entities.entries()) {
    const key = spanKey(item);
    if (by.length > (best.get(key)?.votes ?? 0)) best.set(key, { index, votes: by.length });
  }
  const place = (entity: Entity): number | undefined => best.get(spanKey(entity))?.index;
  return {
    entities: entities.map(
      (vote): Entity => ({ start: vote.item.start, end: vote.item.end, type: vote.item.type, ...share(vote) }),
    ),
    relations: relations.flatMap((vote): Relation[] => {
      const [head, tail] = [place(vote.item.head), place(vote.item.tail)];
      return head === undefined || tail === undefined ? [] : [{ head, tail, type: vote.item.type, ...share(vote) }];
    }),
  };
}

function withoutConfidence({ entities, relations }: Annotation): Annotation {
  return {
    entities: entities.map(({ start, end, type }) => ({ start, end, type })),
    relations: relations.map(({ head, tail, type }) => ({ head, tail, type })),
  };
}

function isIn(span: { readonly start: number; readonly end: number }, { start }: Entity): boolean {
  return start >= span.start && start < span.end;
}

function sayEntity({ item, by }: Vote<Entity>, shared: SharedDocument, names: readonly string[]): string {
  return `${surfaceOf(shared.document, item)} (${typeOf(item)}): ${who(by, shared, names)}`;
}

function sayRelation({ item, by }: RelationVote, shared: SharedDocument, names: readonly string[]): string {
  const { document } = shared;
  return `${surfaceOf(document, item.head)} → ${item.type} → ${surfaceOf(document, item.tail)}: ${who(by, shared, names)}`;
}

function who(by: readonly number[], { annotations }: SharedDocument, names: readonly string[]): string {
  const list = (indexes: readonly number[]): string => indexes.map((index) => names[index]).join(", ");
  const others = [...annotations.keys()].filter((index) => annotations[index] !== undefined && !by.includes(index));
  return `${list(by)}; not ${list(others)}`;
}
