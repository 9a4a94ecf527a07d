import { editDistance } from "./edit-distance.ts";

/**
 * The name that a misspelt one most likely means: the nearest by insertions, deletions,
 * substitutions and swapped neighbours (Damerau–Levenshtein, optimal string alignment), or the one
 * that it is a prefix of.
 *
 * @returns `undefined` if more than a third of the letters would have to change
 */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const wanted = fold(name);
  let best: { name: string; distance: number } | undefined;
  for (const candidate of names) {
    const folded = fold(candidate);
    const begins = wanted.length >= 3 && folded.startsWith(wanted);
    const distance = begins ? 0.5 : editDistance(wanted, folded);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, folded.length) / 3));
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name;
}

/** The hint for an error about an unknown name, or `undefined` if no name is near. */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  const nearest = nearestName(name, names);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** Treats `word_vectors`, `wordVectors` and `word-vectors` as one name. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}
