import { type Matrix, operations, type Parameter, type Tape } from "@weft-nlp/tensor";
import type { Prediction } from "../../metrics/index.ts";
import type { Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Losses, LossOptions, Model, PredictOptions } from "../model.ts";
import { bestIndex } from "../sampling.ts";
import { type PairBatch, packPairs } from "./batch.ts";
import { type PairExample, pairFields } from "./example.ts";
import { groupsOf } from "./parts.ts";
import type { PairSettings } from "./settings.ts";

/** Rows of words, counted once for each pair, that are predicted together: what working memory may grow with. */
const mostRowsTogether = 32_768;

/** How classes are learnt and decided. */
export interface PairObjective {
  readonly loss: "ranking" | "cross-entropy" | "both";
  /** α, of relation identification; not read where the network does not identify. */
  readonly identificationWeight: number;
  /** β, of relation classification. */
  readonly classificationWeight: number;
  readonly positiveMargin: number;
  readonly negativeMargin: number;
  readonly scale: number;
  /** θ */
  readonly theta: number;
}

/** What a network says about pairs. */
export interface PairScores {
  /** [pairs, R], or [pairs, R + 1] with the score of no relation last, where cross-entropy needs it. */
  readonly classes: Matrix;
  /** [pairs, 2]: no relation, some relation. */
  readonly identity: Matrix | undefined;
}

export interface PairNetwork {
  readonly words: Parameter;
  forward(tape: Tape, batch: PairBatch): PairScores;
}

/** Columns of `PairScores.classes`. */
export function classColumns({ relations }: Lexicon, { loss }: Pick<PairObjective, "loss">): number {
  return relations.size + (loss === "ranking" ? 0 : 1);
}

/** A network over given pairs with its losses and its decisions: Ye et al. 2019, eq. 3 and 5 to 9. */
export class PairModel implements Model<PairExample> {
  readonly wordTable: Parameter;
  readonly #settings: PairSettings;
  readonly #lexicon: Lexicon;
  readonly #objective: PairObjective;
  readonly #network: PairNetwork;

  constructor(settings: PairSettings, lexicon: Lexicon, objective: PairObjective, network: PairNetwork) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#objective = objective;
    this.#network = network;
    this.wordTable = network.words;
  }

  loss(tape: Tape, examples: readonly PairExample[], { factor, random }: LossOptions): Losses {
    const batch = packPairs(examples, this.#settings, tape.training ? random : undefined);
    const { classes, identity } = this.#network.forward(tape, batch);
    const { loss, identificationWeight, classificationWeight, positiveMargin, negativeMargin, scale } = this.#objective;
    const relations = this.#lexicon.relations.size;
    const losses: Record<string, number> = {};
    if (identity !== undefined) {
      const gold = batch.labels.map((label) => (label < 0 ? 0 : 1));
      const weight = identificationWeight; // α
      const found = tape.apply(operations.softmaxLoss, { scores: identity, gold, factor: factor * weight }); // eq. 3
      losses["identification"] = weight * found;
    }
    const weight = classificationWeight; // β
    if (loss !== "cross-entropy") {
      const margins = { positiveMargin, negativeMargin, scale };
      const ranked = { scores: classes, classes: relations, gold: batch.labels, ...margins, factor: factor * weight };
      losses["ranking"] = weight * tape.apply(operations.rankingLoss, ranked); // eq. 5 to 7
    }
    if (loss !== "ranking") {
      const gold = batch.labels.map((label) => (label < 0 ? relations : label));
      const found = tape.apply(operations.softmaxLoss, { scores: classes, gold, factor: factor * weight });
      losses["classification"] = weight * found;
    }
    return losses;
  }

  predict(tape: Tape, examples: readonly PairExample[], { threshold }: PredictOptions): Prediction[] {
    const relations = new Map(examples.map((example): [PairExample, Relation[]] => [example, []]));
    // Of relations that training never had, none is the best.
    const asked = this.#lexicon.relations.size === 0 ? [] : examples;
    for (const group of groupsOf(asked, mostRowsTogether)) {
      const before = tape.arena.mark();
      const parts = group.map(({ part }) => part);
      const { classes } = this.#network.forward(tape, packPairs(parts, this.#settings, undefined));
      const scores = tape.read(classes);
      let row = 0;
      for (const { whole, part } of group) {
        for (let k = 0; k < part.pairs.length; k += pairFields, row++) {
          const { label, confidence } = this.#decide(scores, row * classes.columns);
          const type = this.#lexicon.relations.nameOf(label);
          const least = typeof threshold === "number" ? threshold : (threshold[type] ?? 0.5);
          const [head, tail] = [part.pairs[k] as number, part.pairs[k + 1] as number];
          if (confidence >= least) relations.get(whole)?.push({ head, tail, type, confidence });
        }
      }
      tape.arena.release(before);
    }
    return examples.map((example) => ({ entities: example.entities, relations: relations.get(example) ?? [] }));
  }

  /**
   * Eq. 9: the best class where its score reaches θ. A score becomes a confidence σ(γ(s − θ)), so that eq. 9 is the threshold 0.5; where only
   * cross-entropy was learnt, θ is the score of no relation and γ is 1, and 0.5 is the choice of the most probable class.
   */
  #decide(scores: Float32Array, at: number): { label: number; confidence: number } {
    const relations = this.#lexicon.relations.size;
    const label = bestIndex(scores, at, relations);
    const score = scores[at + label] ?? 0;
    const { loss, scale, theta } = this.#objective;
    const above = loss === "cross-entropy" ? score - (scores[at + relations] ?? 0) : scale * (score - theta);
    return { label, confidence: 1 / (1 + Math.exp(-above)) };
  }
}
