import { DataError, type Sentence } from "@weft-nlp/core";
import type { Corpus, PlacedSentence } from "@weft-nlp/node/files";

export interface MatchedSentences {
  readonly gold: readonly Sentence[];
  /** One per gold sentence, in the order of gold. */
  readonly predicted: readonly Sentence[];
  readonly by: "id" | "order" | "words";
}

/** How to match sentences. */
export interface MatchOptions {
  /** Drops sentences that only one file has, such as those of documents that were skipped. */
  readonly both?: boolean | undefined;
}

/**
 * Matches each prediction with its gold sentence: by id if all sentences of both files have unique
 * ids, otherwise by order, or if the order differs, by their words.
 *
 * @throws {DataError} SENTENCES_MISMATCH when a sentence has no partner or its tokens differ
 */
export function matchSentences(gold: Corpus, predicted: Corpus, { both = false }: MatchOptions = {}): MatchedSentences {
  const byId = indexById(predicted.sentences);
  if (byId === undefined || indexById(gold.sentences) === undefined) return byOrder(gold, predicted, both);
  const pairs = gold.sentences.flatMap((one) => {
    const other = byId.get(one.sentence.id);
    if (other === undefined && !both) throw missing(gold, predicted, byId);
    return other === undefined ? [] : [[one, other] as const];
  });
  if (pairs.length === 0 && gold.sentences.length > 0) throw missing(gold, predicted, byId);
  if (byId.size > pairs.length && !both) throw superfluous(gold, predicted);
  return matched(pairs, "id");
}

function byOrder(gold: Corpus, predicted: Corpus, both: boolean): MatchedSentences {
  const inOrder =
    gold.sentences.length === predicted.sentences.length &&
    gold.sentences.every(
      ({ sentence }, index) => wordsOf(sentence) === wordsOf((predicted.sentences[index] as PlacedSentence).sentence),
    );
  const pairs = inOrder ? undefined : pairsByWords(gold.sentences, predicted.sentences, both);
  if (pairs !== undefined) return matched(pairs, "words");
  const [wanted, found] = [gold.sentences.length, predicted.sentences.length];
  if (wanted !== found) {
    throw new DataError("SENTENCES_MISMATCH", {
      at: { source: predicted.source },
      message: `${found} sentences here, but ${wanted} in ${gold.source}, and they have no unique ids to match them by`,
      hint: "give each sentence an `id`, or write a line for every gold sentence, even without predictions",
    });
  }
  return matched(
    gold.sentences.map((one, index) => [one, predicted.sentences[index] as PlacedSentence]),
    "order",
  );
}

/**
 * Pairs of sentences with the same words, repeats in their order; undefined if one is left, unless
 * those are dropped.
 */
function pairsByWords(
  gold: readonly PlacedSentence[],
  predicted: readonly PlacedSentence[],
  both: boolean,
): (readonly [PlacedSentence, PlacedSentence])[] | undefined {
  const waiting = new Map<string, PlacedSentence[]>();
  for (const placed of predicted.toReversed()) {
    const words = wordsOf(placed.sentence);
    const same = waiting.get(words);
    if (same === undefined) waiting.set(words, [placed]);
    else same.push(placed);
  }
  const pairs = gold.flatMap((one) => {
    const other = waiting.get(wordsOf(one.sentence))?.pop();
    return other === undefined ? [] : [[one, other] as const];
  });
  const complete = pairs.length === gold.length && pairs.length === predicted.length;
  return complete || (both && pairs.length > 0) ? pairs : undefined;
}

function wordsOf({ tokens }: Sentence): string {
  return tokens.join("\n");
}

function matched(pairs: readonly (readonly [PlacedSentence, PlacedSentence])[], by: MatchedSentences["by"]): MatchedSentences {
  for (const [gold, predicted] of pairs) checkTokens(gold, predicted, by);
  return { gold: pairs.map(([{ sentence }]) => sentence), predicted: pairs.map(([, { sentence }]) => sentence), by };
}

/** Readers name a sentence without an id after its line or its place in the file. */
const madeUpId = /^(?:line|record|sentence)-\d+(?:#\d+)?$/;

/** `undefined` if an id is missing or repeated. */
function indexById(sentences: readonly PlacedSentence[]): Map<string, PlacedSentence> | undefined {
  const index = new Map<string, PlacedSentence>();
  for (const placed of sentences) {
    const { id } = placed.sentence;
    if (madeUpId.test(id) || index.has(id)) return undefined;
    index.set(id, placed);
  }
  return index;
}

function checkTokens(gold: PlacedSentence, predicted: PlacedSentence, by: MatchedSentences["by"]): void {
  const [wanted, found] = [gold.sentence.tokens, predicted.sentence.tokens];
  const place = wanted.findIndex((token, index) => token !== found[index]);
  const differs = place >= 0 ? place : wanted.length < found.length ? wanted.length : -1;
  if (differs < 0) return;
  const say = (token: string | undefined): string => (token === undefined ? "the end" : JSON.stringify(token));
  throw new DataError("SENTENCES_MISMATCH", {
    at: { ...predicted.at, path: `tokens[${differs}]` },
    message: `${say(found[differs])} here, but ${say(wanted[differs])} in the gold sentence at ${gold.at.source}:${gold.at.line}`,
    hint:
      by === "id"
        ? `both have the id ${gold.sentence.id}; score needs the same tokens on both sides`
        : "sentences were matched by order, because not all of them have a unique id",
  });
}

function missing(gold: Corpus, predicted: Corpus, byId: ReadonlyMap<string, PlacedSentence>): DataError {
  const absent = gold.sentences.filter(({ sentence }) => !byId.has(sentence.id));
  const [first] = absent;
  return new DataError("SENTENCES_MISMATCH", {
    at: { source: predicted.source },
    message: `${absent.length} of ${gold.sentences.length} gold sentences have no prediction here; the first is ${first?.sentence.id} (${first?.at.source}:${first?.at.line})`,
    hint: "write a line for every gold sentence, even without predictions",
  });
}

function superfluous(gold: Corpus, predicted: Corpus): DataError {
  const known = new Set(gold.sentences.map(({ sentence }) => sentence.id));
  const extra = predicted.sentences.filter(({ sentence }) => !known.has(sentence.id));
  const [first] = extra;
  return new DataError("SENTENCES_MISMATCH", {
    at: first?.at,
    message: `the sentence ${first?.sentence.id} is not in ${gold.source}; there ${extra.length === 1 ? "is 1 such sentence" : `are ${extra.length} such sentences`}`,
    hint: "score against the file that the predictions were made from",
  });
}
