/**
 * The percentile of sorted values, with linear interpolation.
 *
 * @param sorted not empty
 * @param share between 0 and 1
 */
export function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const rest = position - below;
  return (sorted[below] as number) * (1 - rest) + (sorted[Math.ceil(position)] as number) * rest;
}
