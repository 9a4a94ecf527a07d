import type { Location } from "../errors.ts";

/**
 * A fault of the data behind a omission, as opposed to a limit of Weft or of a format:
 * `misaligned`, a span that does not end on tokens; `disagreeing`, the file says one thing twice
 * and differently, such as the words of a mention; `undeclared`, against the schema that the corpus
 * carries with it.
 */
export type OmissionKind = "misaligned" | "disagreeing" | "undeclared";

/**
 * Something a reader, a writer or a conversion could not carry over unchanged, where it stood and
 * why. Nothing goes without one.
 */
export interface Omission extends Location {
  /** One clause without a final full stop. */
  readonly reason: string;
  readonly kind?: OmissionKind | undefined;
}
