import { type Matrix, operations, type Random, type Tape } from "@weft-nlp/tensor";
import type { Scope } from "../../nn/index.ts";
import type { Entity } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/index.ts";
import type { EntityDistribution, EntityHead, FoundEntities, UnitScores } from "../entities/entity-head.ts";
import type { ProbabilityTable, Steps } from "../probability-table.ts";
import { bestIndex, drawIndex, logOf, logProbOfTags } from "../sampling.ts";
import { chooseSpans, surestSpans } from "./choose-spans.ts";
import { flatTags } from "./read-spans.ts";
import { type SpanLimits, type SpanSettings, spanLimits } from "./span-settings.ts";
import { spanTypes } from "./span-types.ts";
import { spansOfSentence, spanUnits } from "./span-units.ts";
import { SpansHead } from "./spans-head.ts";

/** At most this many entities for each word, so that their pairs stay few before training has. */
const mostPerWord = 2;

/** Finds entities by a label for each span of words, so that they may overlap. */
export class SpanEntities implements EntityHead {
  readonly #head: SpansHead;
  readonly #limits: SpanLimits;
  readonly #lexicon: Lexicon;
  readonly #types: readonly (string | null)[];

  /** @param width columns of the states, D */
  constructor(settings: SpanSettings, lexicon: Lexicon, width: number, scope: Scope) {
    this.#limits = spanLimits(settings, lexicon);
    this.#lexicon = lexicon;
    this.#types = spanTypes(lexicon);
    this.#head = new SpansHead(settings, 1 + this.#types.length, width, scope.child("span"));
  }

  get nested(): boolean {
    return this.#limits.nested;
  }

  scores(tape: Tape, states: Matrix, offsets: Int32Array): UnitScores {
    const units = spanUnits(offsets, this.#limits.longest);
    return { scores: this.#head.forward(tape, states, units), units: units.units, offsets };
  }

  loss(tape: Tape, { scores, units }: UnitScores, labels: readonly Int32Array[], weights: Float32Array, factor: number): number {
    const gold = new Int32Array(scores.rows);
    const bySpan = new Float32Array(scores.rows);
    for (const [s, own] of labels.entries()) {
      gold.set(own, units[s]);
      bySpan.fill(weights[s] ?? 0, units[s], units[s + 1]);
    }
    return tape.apply(operations.softmaxLoss, { scores, gold, weights: bySpan, factor });
  }

  read(tape: Tape, scores: UnitScores): EntityDistribution[] {
    return this.#tables(tape, scores).map((table, s) => this.#of(table, wordsOf(scores, s)));
  }

  *readInSteps(tape: Tape, scores: UnitScores): Steps<EntityDistribution[]> {
    const own = this.#tables(tape, scores);
    return ((yield () => own) ?? own).map((table, s) => this.#of(table, wordsOf(scores, s)));
  }

  /** The probabilities of the labels of each sentence, [S, L] each. */
  #tables(tape: Tape, { scores, units }: UnitScores): ProbabilityTable[] {
    const all = tape.read(tape.apply(operations.softmax, scores)); // [ΣS, L]
    const L = scores.columns;
    return Array.from({ length: units.length - 1 }, (_, s) => all.subarray((units[s] ?? 0) * L, (units[s + 1] ?? 0) * L));
  }

  /**
   * @param table the probability of each label of each span, [S, L]
   * @param words of the sentence, N
   */
  #of(table: ProbabilityTable, words: number): EntityDistribution {
    const L = 1 + this.#types.length;
    const count = table.length / L;
    const spans = spansOfSentence(words, this.#limits.longest);
    const entities = (labels: Int32Array): Entity[] =>
      spans.flatMap((span, k) => {
        const label = labels[k] ?? 0;
        return label > 0 ? [{ ...span, type: this.#types[label - 1] ?? null, confidence: table[k * L + label] ?? 0 }] : [];
      });
    const best = (): Int32Array => {
      const labels = Int32Array.from({ length: count }, (_, k) => bestIndex(table, k * L, L));
      const candidates = spans.map((span, k) => {
        const weight = logOf(table[k * L + (labels[k] ?? 0)] ?? 0) - logOf(table[k * L] ?? 0);
        return { ...span, weight };
      });
      const chosen = new Set(this.nested ? surestSpans(candidates, mostPerWord * words) : chooseSpans(candidates));
      return labels.map((label, k) => (chosen.has(k) ? label : 0));
    };
    return {
      best,
      draw: (epsilon, random) => this.#draw(table, (epsilon * words) / Math.max(1, count), random),
      logProb: (labels) => logProbOfTags(table, L, labels),
      entities,
      tags: (labels) => flatTags(entities(labels), words, this.#lexicon),
      found: () => this.#found(table, words, best(), entities),
    };
  }

  /** Spans are many more than words: a share of the words is drawn uniformly, not of the spans. */
  #draw(table: ProbabilityTable, share: number, random: Random): Int32Array {
    const L = 1 + this.#types.length;
    return Int32Array.from({ length: table.length / L }, (_, k) =>
      random.next() < share ? random.integer(L) : drawIndex(table, k * L, L, random),
    );
  }

  #found(
    table: ProbabilityTable,
    words: number,
    labels: Int32Array,
    entitiesOf: (labels: Int32Array) => Entity[],
  ): FoundEntities {
    const L = 1 + this.#types.length;
    const units = [...labels.keys()].filter((k) => (labels[k] ?? 0) > 0);
    const entities = entitiesOf(labels);
    const tags = flatTags(entities, words, this.#lexicon);
    /** The labels that the span of an entity may have, its own first. */
    const optionsOf = (place: number): number[] => {
      const own = labels[units[place] ?? 0] ?? 0;
      return [own, ...this.#types.map((_, type) => type + 1).filter((label) => label !== own)];
    };
    const logOfLabel = (place: number, label: number): number => logOf(table[(units[place] ?? 0) * L + label] ?? 0);
    return {
      tags,
      entities,
      mentions: () =>
        entities.map(({ start, end }, place) => {
          const [own = 0, ...others] = optionsOf(place);
          const option = (label: number) => ({
            type: this.#types[label - 1] ?? null,
            logRatio: logOfLabel(place, label) - logOfLabel(place, own),
          });
          return { start, end, options: [option(own), ...others.map(option)] };
        }),
      retyped: (choice) => {
        const types = choice?.types ?? [];
        if (types.every((option) => option === 0)) return { tags, entities };
        const changed = labels.slice();
        for (const [place, option] of types.entries()) changed[units[place] ?? 0] = optionsOf(place)[option] ?? 0;
        const found = entitiesOf(changed);
        return { tags: flatTags(found, words, this.#lexicon), entities: found };
      },
    };
  }
}

function wordsOf({ offsets }: UnitScores, sentence: number): number {
  return (offsets[sentence + 1] ?? 0) - (offsets[sentence] ?? 0);
}
