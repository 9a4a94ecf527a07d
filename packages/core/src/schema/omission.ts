import type { Location } from "../errors.ts";

/**
 * Data faults that cause an omission, as opposed to a limit of Weft or of a format. `misaligned`: a
 * span does not end on token boundaries. `disagreeing`: the file contradicts itself, for example
 * about the words of a mention. `undeclared`: the annotation violates the schema that the corpus
 * ships with. `split`: a mention ends inside a token of the tokeniser, so the token was split there
 * and nothing is lost.
 */
export type OmissionKind = "misaligned" | "disagreeing" | "undeclared" | "split";

/**
 * Something that a reader, writer or conversion could not carry over unchanged, with its place and
 * the reason. Every loss is reported.
 */
export interface Omission extends Location {
  /** One clause without a full stop. */
  readonly reason: string;
  readonly kind?: OmissionKind | undefined;
  /** With `split`: the rule of the tokeniser that splits this token at all these places. */
  readonly rule?: string | undefined;
}
