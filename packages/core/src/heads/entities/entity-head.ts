import type { Matrix, Random, Tape } from "@weft-nlp/tensor";
import type { Choice, Mention } from "../../constraints/index.ts";
import type { Entity } from "../../schema/index.ts";
import type { Steps } from "../probability-table.ts";

/** The scores of the labels of all units. A unit is what gets one label: a word, or a span. */
export interface UnitScores {
  /** [ΣU, L] */
  readonly scores: Matrix;
  /** The first unit of each sentence, then the end of the last. */
  readonly units: Int32Array;
  /** The first word of each sentence, then the end of the last. */
  readonly offsets: Int32Array;
}

/**
 * Finds entities by one label for each unit of a sentence. Labels are indices; −1 is a gold label
 * that training lacks, which the loss skips.
 */
export interface EntityHead {
  /** Whether the entities of a sentence may overlap. */
  readonly nested: boolean;
  /**
   * Scores the labels of each unit.
   *
   * @param states of all words, [ΣN, D]
   * @param offsets the start of each sentence, then the end of the last
   */
  scores(tape: Tape, states: Matrix, offsets: Int32Array): UnitScores;
  /**
   * Computes Σ −weight · ln P(labels) over sentences and adds factor times its gradient.
   *
   * @param labels those of each sentence, [U] each
   * @param weights one per sentence
   */
  loss(tape: Tape, scores: UnitScores, labels: readonly Int32Array[], weights: Float32Array, factor: number): number;
  /** Reads the distribution over the labels of each sentence from its scores. */
  read(tape: Tape, scores: UnitScores): EntityDistribution[];
  /** The same in steps, whose tables are the probabilities of labels, [U, L]. */
  readInSteps(tape: Tape, scores: UnitScores): Steps<EntityDistribution[]>;
}

/** A probability distribution over the entities of one sentence, by the labels of its units. */
export interface EntityDistribution {
  /** The labels that the decoder chooses, [U]. */
  best(): Int32Array;
  /** Draws labels, some of them uniformly: as many for each word as the share ε says. */
  draw(epsilon: number, random: Random): Int32Array;
  /** ln P of the labels; a label of −1 counts as certain. */
  logProb(labels: Int32Array): number;
  /** The entities that labels stand for, sorted by start and then end, with confidences. */
  entities(labels: Int32Array): Entity[];
  /** The tag of each word that labels stand for, [N]; of nested entities, the longest counts. */
  tags(labels: Int32Array): Int32Array;
  /** The entities of the best labels, with the types they may have. */
  found(): FoundEntities;
}

/** The entities of a sentence with the types that they may have. */
export interface FoundEntities {
  /** The tag of each word, [N]. */
  readonly tags: Int32Array;
  readonly entities: readonly Entity[];
  mentions(): readonly Mention[];
  /** The entities and tags with the types of a choice; without one, with their own. */
  retyped(choice: Choice | undefined): { readonly tags: Int32Array; readonly entities: readonly Entity[] };
}

/** The gold entities of a sentence as the labels of an entity head. */
export interface GoldEntities {
  /** The label of each unit, [U]; −1 for one that training lacks. */
  readonly labels: Int32Array;
  /** The tag of each word, [N]; of nested entities, the longest counts. */
  readonly tags: Int32Array;
  /** All entities, without types if the model has none. */
  readonly entities: readonly Entity[];
  /** Indices of the entities that labels cannot hold. */
  readonly lost: readonly number[];
  /** Why they cannot, as said of an argument of a relation. */
  readonly lostBecause: string;
}
