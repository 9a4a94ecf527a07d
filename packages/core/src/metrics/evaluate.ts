import { DataError } from "../errors.ts";
import type { Sentence } from "../schema/index.ts";
import { distanceBucket, lengthBucket, overlapClasses, tripleCountBucket, wordsBetween } from "./breakdowns.ts";
import { addCounts, type Counts, macro, noCounts, score, weighted } from "./counts.ts";
import { type Item, type Matching, surfaceTriple, typeName } from "./matching.ts";
import type { MemoryBaseline } from "./memory-baseline.ts";
import { addMistakes, entityMistakes, noEntityMistakes, noRelationMistakes, relationMistakes } from "./mistakes.ts";
import { anchorOf, type Prediction, withRawOutput } from "./prediction.ts";
import { type ProtocolChoice, type ProtocolName, protocolName, protocols } from "./protocols.ts";
import type { BreakdownName, Buckets, ProtocolReport, Report } from "./report.ts";

/** A gold sentence; `tags` only where `rin-exact` should not derive them from the entities. */
export type GoldSentence = Sentence & Pick<Prediction, "tags">;

export interface EvaluationOptions extends ProtocolChoice {
  /** Names of `protocols`, or `partial`, which follows `anchor`. */
  readonly protocols: readonly string[];
  /** What train alone would give; without it the report has no memory baseline and no seen / unseen. */
  readonly memory?: MemoryBaseline | undefined;
  /** Classes that do not count, such as "Other" of a macro average: left out of gold and prediction alike. */
  readonly ignoredTypes?: readonly string[] | undefined;
  readonly dataSet?: string | undefined;
  readonly split?: string | undefined;
  /** How the checkpoint was chosen, in words. */
  readonly selection?: string | undefined;
  readonly seeds?: readonly number[] | undefined;
  /** What spans count, "tokens" unless said. */
  readonly spanUnit?: string | undefined;
}

/**
 * Scores one prediction a gold sentence, in the same order.
 *
 * @throws {DataError} FIELD_INVALID when the two lists differ in length
 * @throws {ConfigError} SETTING_INVALID for an unknown protocol
 */
export function evaluate(gold: readonly GoldSentence[], predictions: readonly Prediction[], options: EvaluationOptions): Report {
  if (gold.length !== predictions.length) {
    throw new DataError("FIELD_INVALID", {
      message: `every gold sentence needs one prediction, but there are ${gold.length} and ${predictions.length}`,
      hint: "give an empty annotation where the system found nothing",
    });
  }
  const evaluation = new Evaluation(options);
  for (const [index, prediction] of predictions.entries()) evaluation.add(gold[index] as GoldSentence, prediction);
  return evaluation.report();
}

/** Scores sentences one at a time and keeps only sums, so a corpus need not be in memory. */
export class Evaluation {
  readonly #options: EvaluationOptions;
  readonly #tallies: readonly Tally[];
  #sentences = 0;
  #sentencesWithoutRelations = 0;
  #relations = noRelationMistakes;
  #entities = noEntityMistakes;
  #cells: { predicted: number; withoutEntity: number } | null = null;

  constructor(options: EvaluationOptions) {
    this.#options = options;
    const names = new Set(options.protocols.map((name) => protocolName(name, options)));
    this.#tallies = [...names].map((name) => new Tally(name, options));
  }

  add(gold: GoldSentence, predicted: Prediction): void {
    const baseline = this.#options.memory?.predict(gold.tokens);
    for (const tally of this.#tallies) tally.add(gold, predicted, baseline);
    this.#sentences += 1;
    if (gold.relations.length === 0) this.#sentencesWithoutRelations += 1;
    this.#relations = addMistakes(this.#relations, relationMistakes(gold, predicted, this.#options.directed ?? true));
    this.#entities = addMistakes(this.#entities, entityMistakes(gold, predicted));
    this.#countCells(predicted);
  }

  report(): Report {
    const { dataSet, split, selection, seeds, spanUnit, ignoredTypes } = this.#options;
    return {
      dataSet: dataSet ?? null,
      split: split ?? null,
      selection: selection ?? null,
      seeds: seeds ?? [],
      spanUnit: spanUnit ?? "tokens",
      sentences: this.#sentences,
      sentencesWithoutRelations: this.#sentencesWithoutRelations,
      emptySentences: "counts are summed over sentences, so one where neither side has an item changes nothing",
      ignoredTypes: ignoredTypes ?? [],
      protocols: Object.fromEntries(this.#tallies.map((tally) => [tally.name, tally.report()])),
      mistakes: { relations: this.#relations, entities: this.#entities },
      cells: this.#cells,
    };
  }

  #countCells(predicted: Prediction): void {
    if (predicted.cells === undefined) return;
    const anchors = new Set(predicted.entities.map((entity) => anchorOf(entity, this.#options.anchor ?? "last")));
    const without = predicted.cells.filter((cell) => !anchors.has(cell.head) || !anchors.has(cell.tail));
    const before = this.#cells ?? { predicted: 0, withoutEntity: 0 };
    this.#cells = {
      predicted: before.predicted + predicted.cells.length,
      withoutEntity: before.withoutEntity + without.length,
    };
  }
}

/** The sums of one protocol. */
class Tally {
  readonly name: ProtocolName;
  readonly #memory: MemoryBaseline | undefined;
  readonly #ignored: ReadonlySet<string>;
  readonly #byType = new Map<string, Counts>();
  readonly #breakdowns = new Map<BreakdownName, Map<string, Counts>>();
  #total = noCounts;
  #baseline = noCounts;

  constructor(name: ProtocolName, options: EvaluationOptions) {
    this.name = name;
    this.#memory = options.memory;
    this.#ignored = new Set(options.ignoredTypes);
  }

  add(gold: GoldSentence, predicted: Prediction, baseline: Prediction | undefined): void {
    const { match, unit } = protocols[this.name];
    const items = countedItems(match(gold, predicted, gold.tokens), this.#ignored);
    let sentence = noCounts;
    for (const { counts, item } of items) {
      sentence = addCounts(sentence, counts);
      addTo(this.#byType, item.type, counts);
      if (unit === "relations") this.#breakDown(item, counts, gold.tokens);
    }
    this.#total = addCounts(this.#total, sentence);
    for (const overlap of overlapClasses(gold)) this.#bucket("overlap", overlap, sentence);
    this.#bucket("tripleCount", tripleCountBucket(gold), sentence);
    this.#bucket("sentenceLength", lengthBucket(gold.tokens.length), sentence);
    if (baseline === undefined) return;
    const anchor = this.name.endsWith("-first") ? "first" : "last";
    const remembered = unit === "cells" ? withRawOutput(baseline, gold.tokens.length, anchor) : baseline;
    for (const { counts } of countedItems(match(gold, remembered, gold.tokens), this.#ignored)) {
      this.#baseline = addCounts(this.#baseline, counts);
    }
  }

  report(): ProtocolReport {
    const { words, unit, directed } = protocols[this.name];
    return {
      protocol: this.name,
      words,
      unit,
      directed,
      micro: score(this.#total),
      macro: macro(this.#byType.values()),
      weighted: weighted(this.#byType.values()),
      byType: scores(this.#byType),
      breakdowns: Object.fromEntries([...this.#breakdowns].map(([name, buckets]) => [name, scores(buckets)])),
      memory: this.#memory === undefined ? null : score(this.#baseline),
    };
  }

  #breakDown(item: Item, counts: Counts, tokens: readonly string[]): void {
    const { head, tail, type } = item;
    if (tail === undefined) return;
    this.#bucket("distance", distanceBucket(wordsBetween(head, tail)), counts);
    this.#bucket("argumentTypes", `${typeName(head)} → ${typeName(tail)}`, counts);
    if (this.#memory === undefined) return;
    this.#bucket("seen", this.#memory.has(surfaceTriple(tokens, { head, tail, type })) ? "seen" : "unseen", counts);
  }

  #bucket(name: BreakdownName, bucket: string, counts: Counts): void {
    const buckets = this.#breakdowns.get(name) ?? new Map<string, Counts>();
    this.#breakdowns.set(name, buckets);
    addTo(buckets, bucket, counts);
  }
}

/** Every gold item, right or missed, then every wrong prediction; a right prediction counts where its gold item does. */
function countedItems(matching: Matching, ignored: ReadonlySet<string>): { item: Item; counts: Counts }[] {
  const counted: { item: Item; counts: Counts }[] = [];
  for (const [key, item] of matching.gold) {
    const right = matching.correct.has(key) ? 1 : 0;
    if (!ignored.has(item.type)) counted.push({ item, counts: { predicted: right, gold: 1, correct: right } });
  }
  for (const [key, item] of matching.predicted) {
    if (matching.correct.has(key) || ignored.has(item.type)) continue;
    counted.push({ item, counts: { predicted: 1, gold: 0, correct: 0 } });
  }
  return counted;
}

function addTo(sums: Map<string, Counts>, key: string, counts: Counts): void {
  sums.set(key, addCounts(sums.get(key) ?? noCounts, counts));
}

/** Largest support first, equals by name, so that the order of the sentences does not show. */
function scores(sums: ReadonlyMap<string, Counts>): Buckets {
  const ordered = [...sums].sort(([a, left], [b, right]) => right.gold - left.gold || (a < b ? -1 : 1));
  return Object.fromEntries(ordered.map(([key, counts]) => [key, score(counts)]));
}
