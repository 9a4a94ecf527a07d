type Points = readonly (readonly [x: number, y: number])[];

/**
 * The range of values to draw. The first steps of a training may have a loss a thousand times that
 * of the rest, so values count from where the first twentieth of a curve has ended; the curve
 * enters from above.
 */
export function settledRange(curves: readonly Points[]): readonly [min: number, max: number] {
  const values = curves.flatMap((points) => {
    const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
    const settled = points.filter(([x]) => x >= first + (last - first) / 20);
    return (settled.length < 2 ? points : settled).map(([, y]) => y);
  });
  return values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
}
