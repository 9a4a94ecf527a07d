/** Two-sided 95 % quantiles of Student's t for 1, 2, … degrees of freedom. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131];

/**
 * How much faster `after` is than `before`, from rates that were measured in the same rounds.
 *
 * @param {readonly number[]} before
 * @param {readonly number[]} after
 * @returns {{ ratio: number, low: number, high: number }} the geometric mean of the ratios, and its
 *   95 % interval
 */
export function pairedRatio(before, after) {
  const logs = after.map((rate, k) => Math.log(rate / (before[k] ?? Number.NaN)));
  const n = logs.length;
  if (n < 2 || n !== before.length) throw new Error(`a paired comparison needs two rounds or more of both, and has ${n}`);
  const mean = logs.reduce((sum, one) => sum + one, 0) / n;
  const variance = logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  const half = (quantiles[n - 2] ?? 2.1) * Math.sqrt(variance / n);
  return { ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/**
 * Whether a rate fell by `share` or more, and by more than noise: the interval excludes "as fast as
 * before".
 *
 * @param {{ ratio: number, high: number }} paired
 * @param {number} share
 */
export const isLoss = ({ ratio, high }, share) => ratio <= 1 - share && high < 1;
