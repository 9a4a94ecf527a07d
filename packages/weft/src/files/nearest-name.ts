/**
 * The name that a misspelt one most likely means: the nearest by insertions, deletions, changes and swapped neighbours
 * (Damerau–Levenshtein, optimal string alignment), or the one that it begins.
 *
 * @returns `undefined` where nothing is near: more than a third of the letters would have to change
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

/** The question to put under an error, or `undefined` where no name is near. */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  const nearest = nearestName(name, names);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** How many insertions, deletions, changes of a letter and swaps of neighbours lead from `a` to `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + change);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** `word_vectors`, `wordVectors` and `word-vectors` are one name to someone who types it. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}
