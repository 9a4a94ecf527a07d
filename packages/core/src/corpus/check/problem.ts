import type { ErrorDetails, Location } from "../../errors.ts";
import type { Omission, Sentence } from "../../schema/index.ts";

/**
 * Everything that a check can find, with what it means. Codes are never renamed once released;
 * `docs/data.md` holds the same list, and a test compares the two.
 */
export const problemCodes = {
  EMPTY_FILE: "a file holds no sentence",
  MISALIGNED_SPAN: "an entity's offsets cut a token in two; reading grows it to whole tokens",
  OFFSETS_DISAGREE: "a file says two things about one place: its offsets say other words than stand beside them",
  SCHEMA_DISAGREES: "a type, or the types of a relation's ends, are not those of the schema beside the corpus",
  NOT_CARRIED: "an annotation that Weft or the format has no place for",
  OVERLAPPING_ENTITY: "an entity overlaps a longer one, which flat tags cannot hold",
  REPEATED_ENTITY: "the same span with the same type stands twice in one sentence",
  REPEATED_RELATION: "the same relation stands twice in one sentence",
  SELF_RELATION: "a relation joins an entity with itself",
  REPEATED_ID: "two sentences have one id",
  UNTYPED_ENTITY: "an entity has no type where others have one",
  LONG_SENTENCE: "a sentence is so long that it may be two, or a table, and slows training down",
  REPEATED_SENTENCE: "a sentence stands twice in one file, word for word",
  SHARED_SENTENCE: "a sentence stands in two files, word for word",
  CONTRADICTION: "a sentence stands twice, word for word, with different annotation",
  UNSEEN_LABEL: "a type of dev or test never occurs in training",
  SIMILAR_LABELS: "two names of types are so near that one may be a slip of the other",
  ODD_SIGNATURE: "a relation type nearly always has the same entity types at its ends, and here it has others",
  RARE_LABEL: "a type has so few examples in training that it will hardly be learnt",
  DOMINANT_LABEL: "one type has nearly all examples in training",
  LEAKED_TRIPLE: "a triple of dev or test, as strings, occurs in training",
  LEAKED_PAIR: "a related pair of strings of dev or test is related in training too",
} as const;

export type ProblemCode = keyof typeof problemCodes;

/**
 * A `warning` is most likely a mistake or spoils a number; a `note` is worth knowing and may be as
 * it should.
 */
export type ProblemLevel = "warning" | "note";

/** Where a problem shows, with what stands there. */
export interface ProblemPlace extends Location {
  readonly says?: string | undefined;
  /** The second place of a problem between two. */
  readonly other?: Location | undefined;
}

/**
 * What puts a problem right: something `fixDocument` does by itself, or a name to change, which is
 * for a person to decide.
 */
export type Fix =
  | { readonly kind: "automatic" }
  | { readonly kind: "rename"; readonly of: LabelKind; readonly from: string; readonly to: string };

export type LabelKind = "entity" | "relation";

/** One kind of thing that hurts training or spoils a number, where it shows, and what to do. */
export interface Problem {
  readonly code: ProblemCode;
  readonly level: ProblemLevel;
  /** The file; absent where the problem is one of all files together. */
  readonly source?: string | undefined;
  /** How many sentences, entities, relations or labels it concerns. */
  readonly amount: number;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
  /** The first of them. */
  readonly places: readonly ProblemPlace[];
}

export type Role = "train" | "dev" | "test";

/** A record that could not be read, as errors say it. */
export interface Fault extends Pick<ErrorDetails, "at" | "message" | "hint"> {
  readonly code: string;
}

export interface CheckedSentence {
  readonly sentence: Sentence;
  /** Where its document stands. */
  readonly at: Location;
}

/** One file as it was read, with the faults that kept records out. */
export interface CheckedFile {
  readonly source: string;
  /** What it is for; seen from its name where left out. */
  readonly role?: Role | undefined;
  readonly sentences: readonly CheckedSentence[];
  readonly omissions: readonly Omission[];
  readonly faults: readonly Fault[];
}

/** Where checks draw their lines. */
export interface CheckSettings {
  /** Longest sentence, in tokens, that is not a problem. */
  readonly longestSentence: number;
  /** Fewest examples in training of a label that is not rare. */
  readonly fewestExamples: number;
  /** Share of a type's relations below which a pair of entity types at its ends is odd. */
  readonly oddShare: number;
  /** Most occurrences of such a pair that are still odd. */
  readonly oddCount: number;
  /** Places kept for each problem. */
  readonly places: number;
}

export const defaultCheckSettings: CheckSettings = {
  longestSentence: 150,
  fewestExamples: 5,
  oddShare: 0.02,
  oddCount: 5,
  places: 100,
};

/** `1 entity`, `1,200 entities`, with commas in every locale. */
export function counted(amount: number, one: string, many: string): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? one : many}`;
}
