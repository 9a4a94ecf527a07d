import { DataError } from "../errors.ts";
import {
  type Document,
  type Entity,
  notesOf,
  type Relation,
  type Span,
  sentenceId,
  withAnnotation,
  withNotes,
} from "../schema/index.ts";
import type { PlacedDocument } from "./match-annotators.ts";

/**
 * Replaces the annotation of sentences by what was decided about them. A decision belongs to the
 * sentence with its id: that of its document, with `#n` appended if the document has several. What
 * lies across sentences stays, unless an end of a relation is gone. So do notes, and those of a
 * decision are added.
 *
 * @returns the documents, and how many sentences were replaced
 * @throws {DataError} SENTENCES_MISMATCH if a decision belongs to no sentence, or has other words
 */
export function applyDecisions(
  documents: readonly Document[],
  decisions: readonly PlacedDocument[],
): { readonly documents: readonly Document[]; readonly replaced: number } {
  const open = new Map(decisions.map((decision) => [decision.document.id, decision]));
  let replaced = 0;
  const changed = documents.map((document) => {
    let current = document;
    for (const [index, span] of document.sentences.entries()) {
      const decision = open.get(sentenceId(document, index));
      if (decision === undefined) continue;
      open.delete(decision.document.id);
      requireWords(document, span, decision);
      current = withDecision(current, span, decision.document);
      replaced++;
    }
    return current;
  });
  const [left] = open.values();
  if (left === undefined) return { documents: changed, replaced };
  throw new DataError("SENTENCES_MISMATCH", {
    at: left.at,
    message: `no annotator has the sentence ${JSON.stringify(left.document.id)}`,
    hint: "decisions come from the adjudication file of the same inputs, and keep its ids",
  });
}

function requireWords({ tokens }: Document, { start, end }: Span, { document, at }: PlacedDocument): void {
  const words = tokens.slice(start, end).map(({ text }) => text);
  if (words.length === document.tokens.length && words.every((word, index) => word === document.tokens[index]?.text)) return;
  throw new DataError("SENTENCES_MISMATCH", {
    at,
    message: `the sentence ${JSON.stringify(document.id)} has other words here than for the annotators`,
    hint: "decisions come from the adjudication file of the same inputs, and keep its words",
  });
}

function withDecision(document: Document, span: Span, decided: Document): Document {
  const inside = ({ start, end }: Entity): boolean => start >= span.start && end <= span.end;
  const entities: Entity[] = document.entities.filter((entity) => !inside(entity));
  const first = entities.length;
  for (const { start, end, type } of decided.entities) entities.push({ start: start + span.start, end: end + span.start, type });
  const place = (index: number): number => {
    const { start, end, type } = document.entities[index] as Entity;
    return entities.findIndex((other) => other.start === start && other.end === end && other.type === type);
  };
  const relations: Relation[] = [];
  for (const { head, tail, type } of document.relations) {
    const ends = [document.entities[head] as Entity, document.entities[tail] as Entity];
    if (ends.every(inside)) continue;
    const [from, to] = [place(head), place(tail)];
    if (from >= 0 && to >= 0) relations.push({ head: from, tail: to, type });
  }
  const firstRelation = relations.length;
  for (const { head, tail, type } of decided.relations) relations.push({ head: head + first, tail: tail + first, type });
  const changed = withAnnotation(document, { entities, relations });
  const known = notesOf(changed);
  // An adjudication file begins with the notes that the document has.
  const added = notesOf(decided).flatMap(({ text, entity, relation }) =>
    known.some((note) => note.text === text)
      ? []
      : [
          {
            text,
            ...(entity === undefined ? {} : { entity: entity + first }),
            ...(relation === undefined ? {} : { relation: relation + firstRelation }),
          },
        ],
  );
  return added.length === 0 ? changed : withNotes(changed, [...known, ...added]);
}
