import type { Location } from "../errors.ts";

/** Something a reader, a writer or a conversion could not carry over unchanged, where it stood and why. Nothing goes without one. */
export interface Loss extends Location {
  /** One clause without a final full stop. */
  readonly reason: string;
}
