/**
 * A 53-bit hash of a run of tokens; collisions are very unlikely among millions of sentences. It
 * replaces the words when a corpus must not be held in memory.
 */
export function hashTokens(tokens: readonly { readonly text: string }[], start: number, end: number): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  const take = (unit: number): void => {
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  };
  for (let index = start; index < end; index++) {
    const text = tokens[index]?.text ?? "";
    for (let place = 0; place < text.length; place++) take(text.charCodeAt(place));
    // Not a UTF-16 unit, so that "a b" and "ab" differ.
    take(0x10000);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
