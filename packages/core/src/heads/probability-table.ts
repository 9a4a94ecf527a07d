/** The probabilities that a model decides from in one sentence, as numbers one after the other. */
export type ProbabilityTable = Float32Array | Float64Array;

/**
 * A computation that stops at its probabilities: it yields a function that returns one table for
 * each sentence, and goes on with the tables that it is given back. Given none, it goes on with its
 * own, which then need not be computed as tables.
 */
export type Steps<Result> = Generator<() => readonly ProbabilityTable[], Result, readonly ProbabilityTable[] | undefined>;
