import fc from "fast-check";
import type { Capacity } from "../formats/index.ts";
import { fitDocument } from "../formats/shared/fit.ts";
import {
  annotateDocument,
  charSpan,
  type Document,
  documentFromSentence,
  joinTokens,
  type Relation,
  type Span,
  sentencesOf,
} from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";

/**
 * The document in every format's example: two sentences, preceded by a character beyond the basic
 * plane.
 */
export function adaDocument(id = "doc-1"): Document {
  return annotateDocument(
    documentFromText(id, "🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines."),
    adaAnnotations,
  );
}

/** The same with single spaces between tokens, as read from formats that do not keep the text. */
export function adaTokens(id = "doc-1"): Document {
  const tokens = joinTokens("🚀 Ada Lovelace joined Acme Corp in Paris . Acme Corp makes engines .".split(" "));
  const sentences = [
    { start: 0, end: 9 },
    { start: 9, end: 14 },
  ];
  return annotateDocument({ id, ...tokens, sentences, entities: [], relations: [], metadata: {} }, adaAnnotations);
}

/**
 * Its two sentences as tokens, for formats whose record is a sentence.
 *
 * @param typed whether entities keep their types
 */
export function adaSentences({ typed }: { typed: boolean }): [Document, Document] {
  const [first, second] = sentencesOf(adaTokens()).sentences.map((sentence): Document => {
    const entities = sentence.entities.map((entity) => (typed ? entity : { ...entity, type: null }));
    return { ...documentFromSentence({ ...sentence, entities }), metadata: {} };
  });
  if (first === undefined || second === undefined) throw new RangeError("the example has two sentences");
  return [first, second];
}

const adaAnnotations = [
  {
    entities: [
      { start: 1, end: 3, type: "PER" },
      { start: 4, end: 6, type: "ORG" },
      { start: 7, end: 8, type: "LOC" },
    ],
    relations: [
      { head: 0, tail: 1, type: "works_for" },
      { head: 1, tail: 2, type: "based_in" },
    ],
  },
  { entities: [{ start: 0, end: 2, type: "ORG" }], relations: [] },
];

/**
 * Words that break faulty readers: two UTF-16 units, combining marks, other scripts, quotes,
 * brackets, digits.
 */
const words = [
  "Ada",
  "Acme",
  "🚀",
  "étude",
  "de\u0301ja\u0300",
  "東京",
  "مرحبا",
  "Corp",
  "(",
  ")",
  ",",
  ".",
  "42",
  "𝔘𝔫𝔦",
  '"',
  "of",
  "👩‍🔬",
  "Ünï",
];
const types = ["PER", "ORG", "works_for", "based-in"];

/**
 * Arbitrary documents: several sentences; overlapping, crossing and repeated entities; odd type
 * names; all optional fields.
 */
export const anyDocument: fc.Arbitrary<Document> = documentsOf(
  [...words, "a/b", "O'Brien", "don't"],
  [...types, "born in", "a|b\t"],
);

/** Documents that a format must round-trip. */
export function documentsWithin(holds: Capacity): fc.Arbitrary<readonly Document[]> {
  const documents = documentsOf(words, types, holds.offsets === "words").map((drawn) => {
    const made = holds.lineBreaks === false ? withoutLineBreaks(drawn) : drawn;
    const document = holds.text ? made : spaced(made);
    return holds.tokens ? document : retokenised(document);
  });
  return documents.map((document) => fitDocument(document, holds).records).filter((records) => records.length > 0);
}

/**
 * The content of a document that must survive a round trip, as lines to compare.
 */
export function comparable(document: Document, holds: Capacity): unknown {
  const place = (span: Span): string => {
    if (holds.offsets === "words") return surfaceOf(document, span);
    const { start, end } = holds.text ? charSpan(document, span) : span;
    return `${start}-${end}`;
  };
  const named = document.entities.map((entity) => `${place(entity)} ${entity.type} ${rounded(entity.confidence)}`);
  return {
    ...(holds.ids ? { id: document.id } : {}),
    ...(holds.text ? { text: document.text } : {}),
    ...(holds.tokens || !holds.text ? { tokens: document.tokens.map(({ text }) => text) } : {}),
    ...(holds.pos ? { pos: document.pos } : {}),
    ...(holds.metadata ? { metadata: document.metadata } : {}),
    entities: named.toSorted(),
    relations: document.relations
      .map(({ head, tail, type, confidence }) => `${named[head]} ${type} ${named[tail]} ${rounded(confidence)}`)
      .toSorted(),
  };
}

/**
 * Every entity and relation of some documents, identified by letters only, which survive whatever a
 * format does to documents and tokens.
 */
export function annotationsOf(documents: readonly Document[]): { entities: string[]; relations: string[] } {
  const letters = (document: Document, span: Span): string => surfaceOf(document, span).replaceAll(" ", "");
  const entities = documents.flatMap((document) =>
    document.entities.map((entity) => `${letters(document, entity)}/${entity.type}`),
  );
  const relations = documents.flatMap((document) =>
    document.relations.map(({ head, tail, type }) => {
      const [first, second] = [head, tail].map((index) => letters(document, document.entities[index] ?? nowhere));
      return `${first} -${type}-> ${second}`;
    }),
  );
  return { entities: entities.toSorted(), relations: relations.toSorted() };
}

const nowhere = { start: 0, end: 0 };

function surfaceOf(document: Document, span: Span): string {
  return document.tokens
    .slice(span.start, span.end)
    .map(({ text }) => text)
    .join(" ");
}

function documentsOf(words: readonly string[], types: readonly string[], unique = false): fc.Arbitrary<Document> {
  const word = fc.constantFrom(...words);
  const list = unique ? fc.uniqueArray(word, { minLength: 1, maxLength: 12 }) : fc.array(word, { minLength: 1, maxLength: 14 });
  const confidence = fc.option(
    fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
    { nil: undefined, freq: 2 },
  );
  return list.chain((tokens) => {
    const length = tokens.length;
    const span = fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: 4 }));
    return fc
      .record({
        id: fc.constantFrom("doc-1", "7", "a b", "é"),
        gaps: fc.array(fc.constantFrom(" ", " ", " ", "  ", "\n", " \n\n"), { minLength: length, maxLength: length }),
        cut: fc.nat(length - 1),
        entities: fc.array(
          fc.tuple(span, fc.option(fc.constantFrom(...types), { freq: 6 }), confidence).map(([[start, size], type, sure]) => ({
            start,
            end: Math.min(length, start + size),
            type,
            ...(sure === undefined ? {} : { confidence: sure }),
          })),
          { maxLength: 6 },
        ),
        links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...types), confidence), { maxLength: 6 }),
        pos: fc.option(fc.constant(tokens.map(() => "NN")), { nil: undefined }),
        metadata: fc.constantFrom({}, {}, { doc: "d", page: 3 }),
      })
      .map(({ id, gaps, cut, entities, links, pos, metadata }) => {
        let text = "";
        const placed = tokens.map((token, index) => {
          const start = text.length;
          text += token + (index < length - 1 ? gaps[index] : "");
          return { text: token, start, end: start + token.length };
        });
        const relations: Relation[] =
          entities.length === 0
            ? []
            : links.map(([head, tail, type, sure]) => ({
                head: head % entities.length,
                tail: tail % entities.length,
                type,
                ...(sure === undefined ? {} : { confidence: sure }),
              }));
        const bounds = cut === 0 ? [0, length] : [0, cut, length];
        const sentences = bounds.slice(1).map((end, index) => ({ start: bounds[index] ?? 0, end }));
        return { id, text, tokens: placed, sentences, ...(pos === undefined ? {} : { pos }), entities, relations, metadata };
      });
  });
}

/**
 * The document retokenised from its text, with entities extended to whole tokens, as a reader of
 * text would see it.
 */
function retokenised(document: Document): Document {
  const { tokens, sentences } = documentFromText(document.id, document.text);
  const { pos: _, ...rest } = document;
  const entities = document.entities.map((entity) => {
    const { start, end } = charSpan(document, entity);
    const first = tokens.findIndex((token) => token.end > start);
    const behind = tokens.findIndex((token) => token.start >= end);
    return { ...entity, start: first, end: behind < 0 ? tokens.length : behind };
  });
  return { ...rest, tokens, sentences, entities };
}

/** The document with a space in place of every line break. */
function withoutLineBreaks(document: Document): Document {
  return { ...document, text: document.text.replace(/[\r\n]/g, " ") };
}

/** The document with single spaces between its tokens. */
function spaced(document: Document): Document {
  return { ...document, ...joinTokens(document.tokens.map(({ text }) => text)) };
}

function rounded(confidence: number | undefined): string {
  return confidence === undefined ? "" : confidence.toFixed(3);
}
