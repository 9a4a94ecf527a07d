import type { Document, Sentence, Span } from "./document.ts";
import { movedNote, type Note, notesOf, subjectOf, withNotes } from "./notes.ts";
import { type SentenceSplit, splitSentences } from "./sentences.ts";

/**
 * Each sentence of a document as a document with its own text, and where it lies in tokens of the
 * whole. `metadata.doc` names the whole. Annotation across sentences is omitted.
 *
 * A note goes to the sentence of what it is about, with the numbers of that sentence; one on the
 * whole document goes to the first.
 */
export function sentenceDocuments(document: Document): (Document & { readonly span: Span })[] {
  const split = splitSentences(document);
  const { sentences } = split;
  const given = notesOf(document);
  const notes = given.length === 0 ? [] : notesOfSentences(document, given, split);
  const { text, tokens, metadata } = withNotes(document, []);
  return sentences.map(({ group = document.id, ...sentence }, index) => {
    const span = document.sentences[index] as Span;
    const from = tokens[span.start]?.start ?? 0;
    const words = tokens
      .slice(span.start, span.end)
      .map((token) => ({ ...token, start: token.start - from, end: token.end - from }));
    const made = {
      ...sentence,
      span,
      text: text.slice(from, tokens[span.end - 1]?.end ?? from),
      tokens: words,
      sentences: [{ start: 0, end: words.length }],
      metadata: { ...metadata, ...(group === sentence.id ? {} : { doc: group }) },
    };
    return { ...withNotes(made, notes[index] ?? []), span };
  });
}

/** The notes on each sentence, with its numbers. */
function notesOfSentences({ sentences, entities, relations }: Document, notes: readonly Note[], split: SentenceSplit): Note[][] {
  const lists = sentences.map((): Note[] => []);
  const sentenceOf = (entity: number | undefined): number => split.sentenceAt[entities[entity ?? -1]?.start ?? 0] ?? 0;
  for (const note of notes) {
    const { relation, ...others } = note;
    const sentence = sentenceOf(subjectOf(note, relations));
    const isHere = relation !== undefined && sentenceOf(relations[relation]?.head) === sentence;
    lists[sentence]?.push(movedNote(isHere ? note : others, relations, split.places));
  }
  return lists;
}

/** The id that a sentence of a document has when it stands alone. */
export function sentenceId({ id, sentences }: Pick<Document, "id" | "sentences">, index: number): Sentence["id"] {
  return sentences.length === 1 ? id : `${id}#${index}`;
}
