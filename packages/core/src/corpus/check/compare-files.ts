import { type Sentence, surface } from "../../schema/index.ts";
import { leastSharedTokens } from "../split/index.ts";
import { placeIn, placeOf, spelled, textKey } from "./place.ts";
import {
  type CheckedFile,
  type CheckedSentence,
  type CheckSettings,
  counted,
  type Problem,
  type ProblemCode,
  type ProblemPlace,
} from "./problem.ts";

/** How much of a dev or test file occurs in training. Compares strings and counts repetitions. */
export interface Leakage {
  readonly source: string;
  readonly triples: number;
  readonly seenTriples: number;
  /** Pairs of arguments, whatever the relation. */
  readonly pairs: number;
  readonly seenPairs: number;
}

/**
 * Sentences of a file that also occur in an earlier file. Those that a split would allow in several
 * parts, headings above all, are a note.
 */
export function sharedSentences(files: readonly CheckedFile[], settings: CheckSettings): Problem[] {
  const problems: Problem[] = [];
  const earlier: { source: string; texts: Map<string, CheckedSentence> }[] = [];
  for (const { source, sentences } of files) {
    for (const other of earlier) {
      const shared = sentences.flatMap((placed) => {
        const same = other.texts.get(textKey(placed.sentence.tokens));
        return same === undefined ? [] : [{ placed, same }];
      });
      const matters = ({ placed, same }: (typeof shared)[number]): boolean =>
        placed.sentence.tokens.length >= leastSharedTokens && placed.sentence.entities.length + same.sentence.entities.length > 0;
      const report = (level: Problem["level"], some: typeof shared, kind: string, hint: string): void => {
        if (some.length === 0) return;
        const places = some.slice(0, settings.places).map(({ placed, same }) => ({ ...placeOf(placed), other: placeOf(same) }));
        const amount = some.length;
        const message = `${source}: ${counted(amount, `${kind}sentence is`, `${kind}sentences are`)} also in ${other.source}, word for word`;
        problems.push({ code: "SHARED_SENTENCE", level, source, amount, message, hint, places });
      };
      report(
        "warning",
        shared.filter(matters),
        "",
        "a score on training sentences is meaningless; weft data split keeps repeats in one part",
      );
      report(
        "note",
        shared.filter((pair) => !matters(pair)),
        "short or unannotated ",
        "a model learns nothing from them that a score could profit from; weft data split allows them in several parts",
      );
    }
    const texts = new Map<string, CheckedSentence>();
    for (const placed of sentences) {
      const key = textKey(placed.sentence.tokens);
      if (!texts.has(key)) texts.set(key, placed);
    }
    earlier.push({ source, texts });
  }
  return problems;
}

/** Types of dev and test files that do not occur in training. */
export function unseenLabels(
  train: readonly CheckedFile[],
  held: readonly CheckedFile[],
  { places: kept }: CheckSettings,
): Problem[] {
  const known = new Set<string>();
  for (const { sentences } of train) {
    for (const { sentence } of sentences) for (const { name } of labelsIn(sentence)) known.add(name);
  }
  return held.flatMap(({ source, sentences }): Problem[] => {
    const fresh = new Map<string, number>();
    const places: ProblemPlace[] = [];
    for (const placed of sentences) {
      for (const { name, path } of labelsIn(placed.sentence)) {
        if (known.has(name)) continue;
        fresh.set(name, (fresh.get(name) ?? 0) + 1);
        if (places.length < kept) places.push({ ...placeIn(placed, path), says: name });
      }
    }
    if (fresh.size === 0) return [];
    const uses = [...fresh].map(([name, amount]) => `${name} (${amount})`);
    const message = `${source}: ${counted(fresh.size, "label is", "labels are")} not in the training file: ${listed(uses)}`;
    const hint = "no model can learn it; add training examples, or remove the label";
    return [{ code: "UNSEEN_LABEL", level: "warning", source, amount: fresh.size, message, hint, places }];
  });
}

/**
 * Triples and pairs of strings that also occur in training, which a system can get right by
 * memorisation.
 */
export function findLeakage(
  train: readonly CheckedFile[],
  held: readonly CheckedFile[],
  { places: kept }: CheckSettings,
): { leakage: Leakage[]; problems: Problem[] } {
  const triplesOfTrain = new Map<string, CheckedSentence>();
  const pairsOfTrain = new Map<string, CheckedSentence>();
  for (const { sentences } of train) {
    for (const placed of sentences) {
      for (const { triple, pair } of triplesIn(placed.sentence)) {
        if (!triplesOfTrain.has(triple)) triplesOfTrain.set(triple, placed);
        if (!pairsOfTrain.has(pair)) pairsOfTrain.set(pair, placed);
      }
    }
  }
  const leakage: Leakage[] = [];
  const problems: Problem[] = [];
  for (const { source, sentences } of held) {
    const places: Record<"triple" | "pair", ProblemPlace[]> = { triple: [], pair: [] };
    const counts = { triples: 0, seenTriples: 0, pairs: 0, seenPairs: 0 };
    for (const placed of sentences) {
      for (const { index, triple, pair } of triplesIn(placed.sentence)) {
        const relation = placed.sentence.relations[index];
        const [sameTriple, samePair] = [triplesOfTrain.get(triple), pairsOfTrain.get(pair)];
        const place = (other: CheckedSentence): ProblemPlace => ({
          ...placeIn(placed, `relations[${index}]`),
          says: relation === undefined ? undefined : spelled(placed.sentence, relation),
          other: placeOf(other),
        });
        counts.triples++;
        counts.pairs++;
        if (sameTriple !== undefined && ++counts.seenTriples <= kept) places.triple.push(place(sameTriple));
        if (samePair !== undefined && ++counts.seenPairs <= kept) places.pair.push(place(samePair));
      }
    }
    leakage.push({ source, ...counts });
    const note = (code: ProblemCode, amount: number, of: number, what: string, found: readonly ProblemPlace[]): void => {
      if (amount === 0) return;
      const share = ((100 * amount) / of).toFixed(1);
      const message = `${source}: ${amount.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} ${what} in training as well (${share} %)`;
      const hint = "weft score --train adds the score of memorising the training data";
      problems.push({ code, level: "note", source, amount, message, hint, places: found });
    };
    note("LEAKED_TRIPLE", counts.seenTriples, counts.triples, "triples of strings occur", places.triple);
    note("LEAKED_PAIR", counts.seenPairs, counts.pairs, "related pairs of strings are related", places.pair);
  }
  return { leakage, problems };
}

function triplesIn(sentence: Sentence): { index: number; triple: string; pair: string }[] {
  const { tokens, entities, relations } = sentence;
  return relations.flatMap(({ head, tail, type }, index) => {
    const [first, second] = [entities[head], entities[tail]];
    if (first === undefined || second === undefined) return [];
    const pair = `${surface(tokens, first)}\u001f${surface(tokens, second)}`;
    return [{ index, pair, triple: `${pair}\u001f${type}` }];
  });
}

function labelsIn({ entities, relations }: Sentence): { name: string; path: string }[] {
  return [
    ...entities.map(({ type }, index) => ({ name: `entity ${type ?? "without a type"}`, path: `entities[${index}].type` })),
    ...relations.map(({ type }, index) => ({ name: `relation ${type}`, path: `relations[${index}].type` })),
  ];
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[], shown = 6): string {
  return names.length > shown ? `${names.slice(0, shown).join(", ")} and ${names.length - shown} more` : names.join(", ");
}
