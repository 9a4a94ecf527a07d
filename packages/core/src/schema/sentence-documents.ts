import type { Document, Sentence, Span } from "./document.ts";
import { sentencesOf } from "./sentences.ts";

/**
 * Each sentence of a document as a document with its own text, and where it lies in tokens of the
 * whole. `metadata.doc` names the whole. Annotation across sentences is omitted.
 */
export function sentenceDocuments(document: Document): (Document & { readonly span: Span })[] {
  const { text, tokens, metadata } = document;
  return sentencesOf(document).sentences.map(({ group = document.id, ...sentence }, index) => {
    const span = document.sentences[index] as Span;
    const from = tokens[span.start]?.start ?? 0;
    const own = tokens
      .slice(span.start, span.end)
      .map((token) => ({ ...token, start: token.start - from, end: token.end - from }));
    return {
      ...sentence,
      span,
      text: text.slice(from, tokens[span.end - 1]?.end ?? from),
      tokens: own,
      sentences: [{ start: 0, end: own.length }],
      metadata: { ...metadata, ...(group === sentence.id ? {} : { doc: group }) },
    };
  });
}

/** The id that a sentence of a document has when it stands alone. */
export function sentenceId({ id, sentences }: Pick<Document, "id" | "sentences">, index: number): Sentence["id"] {
  return sentences.length === 1 ? id : `${id}#${index}`;
}
