import type { ErrorDetails, Location } from "../../errors.ts";
import type { Omission, Sentence } from "../../schema/index.ts";

/**
 * Every problem that a check can find, with its meaning. Released codes are never renamed.
 * `docs/data.md` holds the same list, and a test compares the two.
 */
export const problemCodes = {
  EMPTY_FILE: "a file has no sentences",
  NO_ANNOTATION: "a file has sentences, but no entity and no relation anywhere",
  MISALIGNED_SPAN: "an entity's offsets cut a token of the file in two; reading extends the entity to whole tokens",
  SPLIT_TOKEN: "an entity ends inside a word; reading splits the word there, and a setting splits such words in new text too",
  OFFSETS_DISAGREE: "a file contradicts itself: the words at its offsets are not those that it gives",
  SCHEMA_DISAGREES: "a type, or the types of a relation's ends, are not in the schema of the corpus",
  NOT_CARRIED: "Weft or the format cannot represent an annotation",
  OVERLAPPING_ENTITY: "an entity overlaps a longer one, which flat tags cannot hold",
  REPEATED_ENTITY: "the same span with the same type occurs twice in one sentence",
  REPEATED_RELATION: "the same relation occurs twice in one sentence",
  SELF_RELATION: "a relation joins an entity with itself",
  SYMMETRIC_RELATION: "a relation is marked in both directions between the same two entities",
  REPEATED_ID: "two sentences have the same id",
  UNTYPED_ENTITY: "an entity has no type, but others have one",
  LONG_SENTENCE: "a sentence is so long that it may be several sentences or a table; it slows down training",
  REPEATED_SENTENCE: "a sentence occurs twice in one file, word for word",
  SHARED_SENTENCE: "a sentence occurs in two files, word for word",
  CONTRADICTION: "a sentence occurs twice, word for word, with different annotation",
  UNSEEN_LABEL: "a type of dev or test never occurs in training",
  SIMILAR_LABELS: "two type names are so similar that one may be a misspelling",
  ODD_SIGNATURE: "a relation has other entity types at its ends than nearly all relations of its type",
  RARE_LABEL: "a type has so few examples in training that it will be hard to learn",
  DOMINANT_LABEL: "one type has nearly all of the examples in training",
  LEAKED_TRIPLE: "a triple in dev or test, compared as strings, also occurs in training",
  LEAKED_PAIR: "a pair of strings that is related in dev or test is also related in training",
} as const;

/** The code of a problem. */
export type ProblemCode = keyof typeof problemCodes;

/**
 * A `warning` is most likely a mistake or invalidates a score; a `note` is worth knowing and may be
 * fine.
 */
export type ProblemLevel = "warning" | "note";

/** Where a problem occurs, with the words there. */
export interface ProblemPlace extends Location {
  readonly says?: string | undefined;
  /** The second place, for a problem between two. */
  readonly other?: Location | undefined;
}

/** How to fix a problem: `fixDocument` does it automatically, or a person decides on a renaming. */
export type Fix =
  | { readonly kind: "automatic" }
  | { readonly kind: "rename"; readonly of: LabelKind; readonly from: string; readonly to: string };

/** Whether a label is an entity type or a relation type. */
export type LabelKind = "entity" | "relation";

/** One problem that hurts training or invalidates a score, where it occurs, and how to fix it. */
export interface Problem {
  readonly code: ProblemCode;
  readonly level: ProblemLevel;
  /** The file; absent if the problem concerns all files together. */
  readonly source?: string | undefined;
  /** How many sentences, entities, relations or labels it concerns. */
  readonly amount: number;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
  /** The first occurrences. */
  readonly places: readonly ProblemPlace[];
}

/** The purpose of a file. */
export type Role = "train" | "dev" | "test";

/** A record that could not be read, with the error's details. */
export interface Fault extends Pick<ErrorDetails, "at" | "message" | "hint"> {
  readonly code: string;
}

/** A sentence with its location. */
export interface CheckedSentence {
  readonly sentence: Sentence;
  /** The location of its document. */
  readonly at: Location;
}

/** One file as read, with the faults that made records unreadable. */
export interface CheckedFile {
  readonly source: string;
  /** Defaults to a guess from the file name. */
  readonly role?: Role | undefined;
  readonly sentences: readonly CheckedSentence[];
  readonly omissions: readonly Omission[];
  readonly faults: readonly Fault[];
}

/** The thresholds of the checks. */
export interface CheckSettings {
  /** The longest sentence, in tokens, that is not reported. */
  readonly longestSentence: number;
  /** A label with fewer training examples is rare. */
  readonly fewestExamples: number;
  /** A pair of argument types is odd if its share of a type's relations is smaller. */
  readonly oddShare: number;
  /** A pair of argument types is odd only up to this many occurrences. */
  readonly oddCount: number;
  /** Up to so many tokens split for a mention are a note; more are a warning. */
  readonly fewSplits: number;
  /** How many places to keep for each problem. */
  readonly places: number;
}

/** The default thresholds of the checks. */
export const defaultCheckSettings: CheckSettings = {
  longestSentence: 150,
  fewestExamples: 5,
  oddShare: 0.02,
  oddCount: 5,
  fewSplits: 3,
  places: 100,
};

/** `1 entity`, `1,200 entities`, with commas in every locale. */
export function counted(amount: number, one: string, many: string): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? one : many}`;
}
