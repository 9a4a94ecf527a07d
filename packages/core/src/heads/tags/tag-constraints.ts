import type { TagScheme } from "../../text/index.ts";

/** Which tags may follow each other: 0 if allowed, −Infinity if inconsistent. */
export interface TagConstraints {
  /** From the row's tag to the column's, [T, T]. */
  readonly transitions: Float64Array;
  /** For a sentence's first and last tag, [T] each. */
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/** Allows the sequences in which entities only continue after they begin, and end if they must. */
export function tagConstraints(names: readonly string[], scheme: TagScheme): TagConstraints {
  const marksEnds = scheme !== "bio";
  const continues = (name: string): boolean => /^[ILE]/.test(name);
  const leavesOpen = (name: string): boolean => /^[BI]/.test(name);
  const score = (allowed: boolean): number => (allowed ? 0 : -Infinity);
  const follows = (before: string, after: string): boolean => {
    if (continues(after)) return leavesOpen(before) && before.slice(1) === after.slice(1);
    return !marksEnds || !leavesOpen(before);
  };
  return {
    transitions: Float64Array.from(names.flatMap((before) => names.map((after) => score(follows(before, after))))),
    start: Float64Array.from(names, (name) => score(!continues(name))),
    end: Float64Array.from(names, (name) => score(!marksEnds || !leavesOpen(name))),
  };
}
