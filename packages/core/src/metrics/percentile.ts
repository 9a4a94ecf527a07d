/**
 * The value below which a share of sorted values lies, between two values by straight line.
 *
 * @param sorted not empty
 */
export function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const rest = position - below;
  return (sorted[below] as number) * (1 - rest) + (sorted[Math.ceil(position)] as number) * rest;
}
