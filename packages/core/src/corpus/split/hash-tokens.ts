/**
 * A number for a run of tokens, equal for equal ones and 53 bits wide, so that among millions of
 * sentences two different ones hardly ever have the same. Kept in place of the words where a corpus
 * must not lie in memory.
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
    // No UTF-16 unit: "a b" and "ab" differ.
    take(0x10000);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
