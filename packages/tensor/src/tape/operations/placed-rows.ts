import { ShapeError } from "../../errors.ts";
import type { Matrix } from "../../tensor/matrix.ts";

/** Some columns of what stands at each place. Where rows repeat, each is multiplied once. */
export interface PlacedRows {
  /** [M, D] */
  readonly input: Matrix;
  /** The row that stands at each place; row by row where left out. */
  readonly rows?: Int32Array | undefined;
}

/** @throws {ShapeError} where the rows are not as many as the places, or reach out of the matrix */
export function checkPlaces({ input, rows }: PlacedRows, places: number): void {
  const reachesOut = rows?.some((row) => row < 0 || row >= input.rows) ?? false;
  if (!reachesOut && (rows?.length ?? input.rows) === places) return;
  throw new ShapeError(`${rows?.length ?? input.rows} rows of ${input.rows} for ${places} places`);
}
