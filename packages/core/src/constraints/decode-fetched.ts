import type { ConstraintSet } from "./constraint-set.ts";
import type { DecodeOptions } from "./decode.ts";
import type { Choice, Proposal } from "./proposal.ts";

export type { DecodeOptions } from "./decode.ts";

let fetched: ((proposal: Proposal, set: ConstraintSet, options: DecodeOptions) => Choice) | undefined;

/** Fetches `decode`, for a model with constraints. */
export async function fetchDecode(): Promise<void> {
  fetched ??= (await import("./decode.ts")).decode;
}

/**
 * Chooses the relations, and the types of the entities, that meet all constraints: see `decode.ts`.
 *
 * @throws {RangeError} if it was not fetched
 */
export function decode(proposal: Proposal, set: ConstraintSet, options: DecodeOptions): Choice {
  if (fetched !== undefined) return fetched(proposal, set, options);
  throw new RangeError("the search for what meets constraints is not loaded here");
}
