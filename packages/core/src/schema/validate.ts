import { type CoreErrorCode, DataError, type Location } from "../errors.ts";
import type { Annotation, Document, Sentence, Span } from "./document.ts";

/**
 * Checks a document once, on entry, so that everything downstream can rely on it.
 *
 * Tokens are in text order, sentences cover the tokens exactly once in order, entities lie inside
 * and contain a token, relations name existing entities, and part-of-speech tags match the tokens
 * one to one.
 *
 * @throws {DataError} with the path of the first fault added to `at`
 */
export function validateDocument(document: Document, at: Location = {}): void {
  checkTokens(document, at);
  checkSentences(document, at);
  checkPos(document.pos, document.tokens.length, at);
  checkAnnotation(document, document.tokens.length, "document", at);
}

/**
 * Checks a sentence: tokens are not empty, spans lie inside, relations name existing entities.
 *
 * @throws {DataError} with the path of the first fault added to `at`
 */
export function validateSentence(sentence: Sentence, at: Location = {}): void {
  sentence.tokens.forEach((token, index) => {
    if (token === "") fail("FIELD_INVALID", at, `tokens[${index}]`, "a token is the empty string", "remove empty tokens");
  });
  checkPos(sentence.pos, sentence.tokens.length, at);
  checkAnnotation(sentence, sentence.tokens.length, "sentence", at);
}

function checkTokens({ text, tokens }: Document, at: Location): void {
  let reached = 0;
  for (const [index, token] of tokens.entries()) {
    const path = `tokens[${index}]`;
    if (token.text === "") fail("FIELD_INVALID", at, path, "a token is the empty string", "remove empty tokens");
    checkBounds(token, text.length, `the text has ${text.length} UTF-16 units`, at, path);
    if (token.start < reached) {
      fail("FIELD_INVALID", at, path, `the token starts at ${token.start}, before the previous one ends (${reached})`);
    }
    reached = token.end;
  }
}

function checkSentences({ sentences, tokens }: Document, at: Location): void {
  let reached = 0;
  for (const [index, span] of sentences.entries()) {
    const path = `sentences[${index}]`;
    checkBounds(span, tokens.length, `the document has ${count(tokens.length, "token")}`, at, path);
    if (span.start !== reached) {
      fail("FIELD_INVALID", at, path, `the sentence starts at token ${span.start}, expected ${reached}`, coverHint);
    }
    reached = span.end;
  }
  if (reached !== tokens.length) {
    fail("FIELD_INVALID", at, "sentences", `the sentences end at token ${reached} of ${tokens.length}`, coverHint);
  }
}

const coverHint = "sentences are half-open token spans that cover every token exactly once, in order";

function checkPos(pos: readonly string[] | undefined, tokens: number, at: Location): void {
  if (pos === undefined || pos.length === tokens) return;
  const message = `expected one tag per token, found ${count(pos.length, "tag")} for ${count(tokens, "token")}`;
  fail("FIELD_INVALID", at, "pos", message, "omit `pos` if the data has no tags");
}

function checkAnnotation(annotation: Annotation, tokens: number, holder: string, at: Location): void {
  const { entities, relations } = annotation;
  const extent = `this ${holder} has ${count(tokens, "token")}`;
  for (const [index, entity] of entities.entries()) {
    const path = `entities[${index}]`;
    checkBounds(entity, tokens, extent, at, path);
    if (entity.type === "") fail("FIELD_INVALID", at, `${path}.type`, "the type is the empty string", "use null for no type");
    checkConfidence(entity.confidence, at, path);
  }
  for (const [index, relation] of relations.entries()) {
    const path = `relations[${index}]`;
    checkEnd(relation.head, "head", entities.length, holder, at, path);
    checkEnd(relation.tail, "tail", entities.length, holder, at, path);
    if (relation.type === "") fail("FIELD_INVALID", at, `${path}.type`, "the type is the empty string");
    checkConfidence(relation.confidence, at, path);
  }
}

function checkBounds({ start, end }: Span, limit: number, extent: string, at: Location, path: string): void {
  if (!Number.isSafeInteger(start)) fail("FIELD_INVALID", at, `${path}.start`, `start is ${start}, expected a whole number`);
  if (!Number.isSafeInteger(end)) fail("FIELD_INVALID", at, `${path}.end`, `end is ${end}, expected a whole number`);
  if (start < 0) fail("SPAN_OUTSIDE", at, `${path}.start`, `start is ${start}, below 0`);
  if (end > limit) fail("SPAN_OUTSIDE", at, `${path}.end`, `end is ${end}, but ${extent}`, "spans are half-open, from 0");
  if (end <= start) fail("SPAN_EMPTY", at, path, `the span ${start} to ${end} is empty`, "spans are half-open: end is exclusive");
}

function checkEnd(index: number, role: string, entities: number, holder: string, at: Location, path: string): void {
  if (Number.isInteger(index) && index >= 0 && index < entities) return;
  const held = entities === 0 ? "no entities" : entities === 1 ? "entity 0 only" : `entities 0 to ${entities - 1}`;
  const message = `${role} names entity ${index}, but this ${holder} has ${held}`;
  const hint = `relations index the \`entities\` list of the same ${holder}, counting from 0`;
  fail("RELATION_END_MISSING", at, `${path}.${role}`, message, hint);
}

function checkConfidence(confidence: number | undefined, at: Location, path: string): void {
  if (confidence === undefined || (confidence >= 0 && confidence <= 1)) return;
  fail("FIELD_INVALID", at, `${path}.confidence`, `confidence is ${confidence}, expected a number between 0 and 1`);
}

function fail(code: CoreErrorCode, at: Location, path: string, message: string, hint?: string): never {
  throw new DataError(code, { at: { ...at, path: at.path ? `${at.path}.${path}` : path }, message, hint });
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
