/** A unit that a split keeps together: its label counts and its size. */
export interface StratumItem {
  /** Counts by label number. */
  readonly counts: ReadonlyMap<number, number>;
  /** Its number of sentences. */
  readonly weight: number;
}
