import { charSpan, type Document, joinTokens } from "@weft-nlp/core";
import fc from "fast-check";

/** Pieces of text that break a careless writer. */
const hostile = [
  "Ada",
  "Acme Corp",
  "O'Brien",
  "'}) DETACH DELETE n; //",
  "`]->() DELETE r //",
  "\\",
  "\\'",
  "\\u0027",
  "\\\\u0060",
  '"',
  '""',
  ",",
  ";",
  "=1+1",
  "-2",
  "@SUM(A1)",
  "a\tb",
  "a\r\nb",
  "\u0000",
  "\u0001\u001f\u007f\u0085",
  "\ud800",
  "x\udc00y",
  "🚀",
  "\uffff\ufffe",
  "\u2028",
  "]]>",
  "<!--",
  "&amp;<b>",
  "e\u0301",
  "..",
  "%2F/#?",
  "> . <urn:x",
  "{}|^`",
  "مرحبا",
];

const words = fc.constantFrom(...hostile);
const phrase = fc.oneof(
  words,
  fc.array(words, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
  fc.string({ minLength: 1, unit: "binary" }),
);
const sure = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });

/** Valid documents with content that readers rarely see. */
const anyDocument: fc.Arbitrary<Document> = fc
  .record({
    id: phrase,
    tokens: fc.array(phrase, { minLength: 1, maxLength: 8 }),
    spans: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3 }), fc.option(phrase), sure), { maxLength: 5 }),
    links: fc.array(fc.tuple(fc.nat(), fc.nat(), phrase, sure), { maxLength: 5 }),
    cut: fc.nat(),
  })
  .map(({ id, tokens, spans, links, cut }) => {
    const length = tokens.length;
    const entities = spans.map(([at, size, type, confidence]) => {
      const start = at % length;
      return { start, end: Math.min(length, start + size), type, ...(confidence === undefined ? {} : { confidence }) };
    });
    const relations =
      entities.length === 0
        ? []
        : links.map(([head, tail, type, confidence]) => {
            const ends = { head: head % entities.length, tail: tail % entities.length };
            return { ...ends, type, ...(confidence === undefined ? {} : { confidence }) };
          });
    const middle = cut % length;
    const bounds = middle === 0 ? [0, length] : [0, middle, length];
    const sentences = bounds.slice(1).map((end, index) => ({ start: bounds[index] ?? 0, end }));
    return { id, ...joinTokens(tokens), sentences, entities, relations, metadata: {} };
  });
export const hostileDocuments = fc.array(anyDocument, { maxLength: 4 });

/**
 * The relations of documents with their places, computed independently of any writer: document,
 * sentence, head with its characters, relation, tail with its characters, confidence.
 *
 * @param clean how a format replaces characters that it cannot represent
 */
export function placedRelations(documents: readonly Document[], clean: (text: string) => string = (text) => text): unknown[] {
  const text = (raw: string): string =>
    clean(raw.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"));
  return documents.flatMap((document) =>
    document.relations.map(({ head, tail, type, confidence }) => {
      const [first, second] = [head, tail].map((index) => {
        const { start, end } = charSpan(document, document.entities[index] ?? { start: 0, end: 0 });
        return { text: text(document.text.slice(start, end).replace(/\s+/g, " ")), start, end };
      });
      const sentence = document.sentences.findIndex(({ end }) => end > (document.entities[head]?.start ?? 0));
      const known = confidence === undefined ? null : confidence.toFixed(6);
      return [
        text(document.id),
        sentence,
        first?.text,
        first?.start,
        first?.end,
        text(type),
        second?.text,
        second?.start,
        second?.end,
        known,
      ];
    }),
  );
}
