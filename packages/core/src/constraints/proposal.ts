import type { SearchNote } from "../metrics/index.ts";
import type { Span } from "../schema/index.ts";

/** A type that an entity may have. */
export interface TypeOption {
  readonly type: string | null;
  /** ln of its probability over that of the model's own choice; 0 for that choice. */
  readonly logRatio: number;
}

/** An entity that a model found, with the types it may have; the model's own choice is first. */
export interface Mention extends Span {
  readonly options: readonly TypeOption[];
}

/** A relation that a model may find. */
export interface RelationCandidate {
  /** Indices of mentions. */
  readonly head: number;
  readonly tail: number;
  readonly type: string;
  /** Between 0 and 1, measured as its threshold is. */
  readonly confidence: number;
  /** Whether it reaches its threshold. Others matter only where one relation implies another. */
  readonly counts: boolean;
  /**
   * Of the candidates of one group, the model can hold one. Without constraints it takes the most
   * confident one that counts.
   */
  readonly group?: number | undefined;
}

/** What a model offers for one sentence before it decides. */
export interface Proposal {
  readonly mentions: readonly Mention[];
  readonly candidates: readonly RelationCandidate[];
  /**
   * Whether the model scores each pair of entities in one direction only. A relation in the other
   * direction then follows from a constraint, without a score of its own; defaults to false.
   */
  readonly oneDirection?: boolean | undefined;
}

/** A relation that was chosen from a proposal, or that follows from one by a constraint. */
export interface ChosenRelation {
  readonly head: number;
  readonly tail: number;
  readonly type: string;
  readonly confidence: number;
}

/** A choice from a proposal that meets the constraints. */
export interface Choice {
  /** The index of the chosen option of each mention. */
  readonly types: readonly number[];
  readonly relations: readonly ChosenRelation[];
  readonly search: SearchNote;
}
