import { DataError, type Location } from "../errors.ts";
import type { Document, Token } from "../schema/index.ts";

interface Version {
  readonly name: string;
  readonly document: Document;
  readonly at: Location;
}

/**
 * The versions of a document on the same tokens. If their words differ though their text is the
 * same, every token is cut wherever a token of any version begins or ends.
 *
 * @throws {DataError} SENTENCES_MISMATCH if their words and their texts differ
 */
export function onSharedTokens(versions: readonly Version[]): Document[] {
  const [first, ...others] = versions;
  if (first === undefined) return [];
  const sameWords = others.every(({ document }) => firstDifference(first.document, document) < 0);
  if (sameWords) return versions.map(({ document }) => document);
  for (const other of others) if (other.document.text !== first.document.text) throw mismatch(first, other);
  const cuts = new Set(versions.flatMap(({ document }) => document.tokens.flatMap(({ start, end }) => [start, end])));
  const sorted = [...cuts].sort((a, b) => a - b);
  const tokens: Token[] = [];
  for (const [index, start] of sorted.entries()) {
    const end = sorted[index + 1];
    if (end === undefined) continue;
    const text = first.document.text.slice(start, end);
    if (text.trim() !== "") tokens.push({ text, start, end });
  }
  const sentences = sentencesOn(first.document, tokens);
  return versions.map(({ document }) => onTokens(document, tokens, sentences));
}

/** The index of the first token that differs; −1 if none does. */
function firstDifference(one: Document, other: Document): number {
  const place = one.tokens.findIndex(({ text }, index) => text !== other.tokens[index]?.text);
  if (place >= 0) return place;
  return one.tokens.length < other.tokens.length ? one.tokens.length : -1;
}

function mismatch(first: Version, other: Version): DataError {
  const place = firstDifference(first.document, other.document);
  const say = ({ document }: Version): string => {
    const token = document.tokens[place];
    return token === undefined ? "the end" : JSON.stringify(token.text);
  };
  return new DataError("SENTENCES_MISMATCH", {
    at: { ...other.at, path: `tokens[${place}]` },
    message: `the document ${JSON.stringify(first.document.id)} has ${say(other)} here for ${other.name}, but ${say(first)} for ${first.name}`,
    hint: "annotators must have the same text; sentences without ids are matched by order",
  });
}

/** Sentences of a document on finer tokens. */
function sentencesOn({ sentences, tokens: old }: Document, tokens: readonly Token[]): Document["sentences"] {
  const place = placesOf(tokens);
  return sentences.map(({ start, end }) => ({ start: place.from(old[start]), end: place.to(old[end - 1]) }));
}

function onTokens(document: Document, tokens: readonly Token[], sentences: Document["sentences"]): Document {
  const place = placesOf(tokens);
  const { pos: _, ...rest } = document;
  return {
    ...rest,
    tokens,
    sentences,
    entities: document.entities.map((entity) => ({
      ...entity,
      start: place.from(document.tokens[entity.start]),
      end: place.to(document.tokens[entity.end - 1]),
    })),
  };
}

/** Finds tokens by the characters where they begin and end. */
function placesOf(tokens: readonly Token[]): { from(token: Token | undefined): number; to(token: Token | undefined): number } {
  const starts = new Map(tokens.map(({ start }, index) => [start, index]));
  const ends = new Map(tokens.map(({ end }, index) => [end, index + 1]));
  return {
    from: (token) => starts.get(token?.start ?? 0) ?? 0,
    to: (token) => ends.get(token?.end ?? 0) ?? 0,
  };
}
