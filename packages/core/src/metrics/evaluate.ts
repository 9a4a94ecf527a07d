import { DataError } from "../errors.ts";
import type { Sentence } from "../schema/index.ts";
import { distanceBucket, lengthBucket, overlapClasses, tripleCountBucket, wordsBetween } from "./breakdowns.ts";
import { addCoOccurrence, coOccurrence, noCoOccurrence } from "./co-occurrence.ts";
import { Confusion } from "./confusion.ts";
import { countedItems } from "./counted-items.ts";
import { type CountsType, countedTypes, type TypeChoice } from "./counted-types.ts";
import { addCounts, type Counts, macro, noCounts, score, weighted } from "./counts.ts";
import { findingsOf, looksAtDirection } from "./findings.ts";
import { checkIntervalOptions, type IntervalNote, type IntervalOptions, resample, SentenceTable } from "./intervals.ts";
import { type Item, surfaceTriple, typeName } from "./matching.ts";
import type { MemoryBaseline } from "./memory-baseline.ts";
import { addMistakes, countEntityFindings, countRelationFindings, noEntityMistakes, noRelationMistakes } from "./mistakes.ts";
import { anchorOf, type Prediction, withRawOutput } from "./prediction.ts";
import { type ProtocolChoice, type ProtocolName, protocolName, protocols } from "./protocols.ts";
import type { BreakdownName, Buckets, ProtocolReport, Report } from "./report.ts";

/**
 * A gold sentence. Set `tags` only to override the tags that `rin-exact` derives from the entities.
 */
export type GoldSentence = Sentence & Pick<Prediction, "tags">;

/** What to score and report. */
export interface EvaluationOptions extends ProtocolChoice, TypeChoice {
  /** Names of `protocols`, or `partial`, which follows `anchor`. */
  readonly protocols: readonly string[];
  /**
   * The memory baseline from train. Without it, the report omits that baseline and the seen /
   * unseen breakdown.
   */
  readonly memory?: MemoryBaseline | undefined;
  readonly dataSet?: string | undefined;
  readonly split?: string | undefined;
  /** How the checkpoint was chosen, in words. */
  readonly selection?: string | undefined;
  readonly seeds?: readonly number[] | undefined;
  /** The unit of spans. Defaults to "tokens". */
  readonly spanUnit?: string | undefined;
  /**
   * Computes bootstrap intervals, which keeps a few numbers per sentence in memory. Off by default.
   */
  readonly intervals?: IntervalOptions | undefined;
}

/**
 * Scores predictions against gold sentences, one per sentence and in the same order.
 *
 * @throws {DataError} FIELD_INVALID when the two lists differ in length
 * @throws {ConfigError} SETTING_INVALID for an unknown protocol
 */
export function evaluate(gold: readonly GoldSentence[], predictions: readonly Prediction[], options: EvaluationOptions): Report {
  if (gold.length !== predictions.length) {
    throw new DataError("FIELD_INVALID", {
      message: `every gold sentence needs one prediction, but there are ${gold.length} and ${predictions.length}`,
      hint: "add an empty annotation for sentences where the system found nothing",
    });
  }
  const evaluation = new Evaluation(options);
  for (const [index, prediction] of predictions.entries()) evaluation.add(gold[index] as GoldSentence, prediction);
  return evaluation.report();
}

/** Scores sentences one at a time and keeps only sums, so a corpus need not fit in memory. */
export class Evaluation {
  readonly #options: EvaluationOptions;
  readonly #tallies: readonly Tally[];
  readonly #intervals: IntervalNote | undefined;
  readonly #countsType: CountsType;
  readonly #directed: boolean;
  readonly #relationConfusion = new Confusion();
  readonly #entityConfusion = new Confusion();
  #sentences = 0;
  #sentencesWithoutRelations = 0;
  #relations = noRelationMistakes;
  #entities = noEntityMistakes;
  #coOccurrence = noCoOccurrence;
  #cells: { predicted: number; withoutEntity: number } | null = null;

  constructor(options: EvaluationOptions) {
    this.#options = options;
    const names = [...new Set(options.protocols.map((name) => protocolName(name, options)))];
    this.#tallies = names.map((name) => new Tally(name, options));
    this.#directed = looksAtDirection(names, options);
    this.#intervals = options.intervals === undefined ? undefined : checkIntervalOptions(options.intervals);
    this.#countsType = countedTypes(options);
  }

  add(gold: GoldSentence, predicted: Prediction): void {
    const baseline = this.#options.memory?.predict(gold.tokens);
    for (const tally of this.#tallies) tally.add(gold, predicted, baseline);
    this.#sentences += 1;
    if (gold.relations.length === 0) this.#sentencesWithoutRelations += 1;
    const { relations, entities } = findingsOf(gold, predicted, { directed: this.#directed, countsType: this.#countsType });
    this.#relations = addMistakes(this.#relations, countRelationFindings(relations));
    this.#relationConfusion.addRelations(relations);
    this.#entities = addMistakes(this.#entities, countEntityFindings(entities));
    this.#entityConfusion.addEntities(entities);
    this.#coOccurrence = addCoOccurrence(this.#coOccurrence, coOccurrence(gold, predicted));
    this.#countCells(predicted);
  }

  report(): Report {
    const note = this.#sentences === 0 ? undefined : this.#intervals;
    if (note !== undefined) {
      resample(
        this.#tallies.flatMap(({ table }) => table ?? []),
        this.#sentences,
        note,
      );
    }
    const { dataSet, split, selection, seeds, spanUnit, ignoredTypes, onlyTypes } = this.#options;
    return {
      dataSet: dataSet ?? null,
      split: split ?? null,
      selection: selection ?? null,
      seeds: seeds ?? [],
      spanUnit: spanUnit ?? "tokens",
      sentences: this.#sentences,
      sentencesWithoutRelations: this.#sentencesWithoutRelations,
      emptySentences: "counts are summed over sentences, so a sentence without items in gold and prediction changes nothing",
      ignoredTypes: ignoredTypes ?? [],
      onlyTypes: onlyTypes ?? [],
      intervals: note ?? null,
      protocols: Object.fromEntries(this.#tallies.map((tally) => [tally.name, tally.report(note)])),
      mistakes: { relations: this.#relations, entities: this.#entities, directed: this.#directed },
      coOccurrence: this.#coOccurrence,
      confusion: { relations: this.#relationConfusion.cells(), entities: this.#entityConfusion.cells() },
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
  readonly #countsType: CountsType;
  readonly #byType = new Map<string, Counts>();
  readonly #breakdowns = new Map<BreakdownName, Map<string, Counts>>();
  #total = noCounts;
  #baseline = noCounts;
  #sentences = 0;
  /** Present when intervals are requested. */
  readonly table: SentenceTable | undefined;

  constructor(name: ProtocolName, options: EvaluationOptions) {
    this.name = name;
    this.table = options.intervals === undefined ? undefined : new SentenceTable();
    this.#memory = options.memory;
    this.#countsType = countedTypes(options);
  }

  add(gold: GoldSentence, predicted: Prediction, baseline: Prediction | undefined): void {
    const { match, unit } = protocols.get(this.name);
    const items = countedItems(match(gold, predicted, gold.tokens), this.#countsType);
    let sentence = noCounts;
    for (const { counts, item } of items) {
      sentence = addCounts(sentence, counts);
      addTo(this.#byType, item.type, counts);
      this.table?.add(this.#sentences, item.type, counts);
      if (unit === "relations") this.#breakDown(item, counts, gold.tokens);
    }
    this.#total = addCounts(this.#total, sentence);
    this.#sentences += 1;
    for (const overlap of overlapClasses(gold)) this.#bucket("overlap", overlap, sentence);
    this.#bucket("tripleCount", tripleCountBucket(gold), sentence);
    this.#bucket("sentenceLength", lengthBucket(gold.tokens.length), sentence);
    if (baseline === undefined) return;
    const anchor = this.name.endsWith("-first") ? "first" : "last";
    const remembered = unit === "cells" ? withRawOutput(baseline, gold.tokens.length, anchor) : baseline;
    for (const { counts } of countedItems(match(gold, remembered, gold.tokens), this.#countsType)) {
      this.#baseline = addCounts(this.#baseline, counts);
    }
  }

  report(note: IntervalNote | undefined): ProtocolReport {
    const { words, unit, directed } = protocols.get(this.name);
    return {
      protocol: this.name,
      words,
      unit,
      directed,
      micro: score(this.#total),
      macro: macro(this.#byType.values()),
      weighted: weighted(this.#byType.values()),
      intervals: note === undefined ? null : (this.table?.intervals(note.confidence) ?? null),
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

function addTo(sums: Map<string, Counts>, key: string, counts: Counts): void {
  sums.set(key, addCounts(sums.get(key) ?? noCounts, counts));
}

/** Largest support first, ties by name, so that the order of sentences does not matter. */
function scores(sums: ReadonlyMap<string, Counts>): Buckets {
  const ordered = [...sums].sort(([a, left], [b, right]) => right.gold - left.gold || (a < b ? -1 : 1));
  return Object.fromEntries(ordered.map(([key, counts]) => [key, score(counts)]));
}
