import { meanAndDeviation, type ProtocolSummary, type SeedSummary, summariseReports } from "@weft-nlp/core/metrics";
import type { GridAxis, GridPoint } from "./grid.ts";
import type { RunOutcome } from "./planned-run.ts";
import { deviationWords, lineOf, type RunLine } from "./repeat-report.ts";

/** One point of the grid, summarised over its seeds. */
export interface SweepPoint extends Pick<GridPoint, "places" | "settings" | "name"> {
  /** The number of seeds behind the numbers: all but the failed ones. */
  readonly n: number;
  /**
   * The F1 on dev that chose each run's epoch; points are compared by it. Null if all seeds failed.
   */
  readonly chosenBy: SeedSummary | null;
  readonly dev: readonly ProtocolSummary[];
  readonly test: readonly ProtocolSummary[] | null;
  readonly runs: readonly RunLine[];
}

/** The results over a grid of settings, as stored in `report.json`. */
export interface SweepReport {
  readonly kind: "sweep";
  readonly configuration: string;
  readonly axes: readonly GridAxis[];
  readonly seeds: readonly number[];
  readonly failed: readonly string[];
  readonly deviation: typeof deviationWords;
  readonly selection: typeof sweepSelectionWords;
  /** The protocol of that F1; several if the settings change it. */
  readonly protocols: readonly string[];
  /** The name of the point with the highest mean F1; the first wins a tie. */
  readonly best: string | null;
  readonly points: readonly SweepPoint[];
}

/** How the points of a sweep are compared, for reports. */
export const sweepSelectionWords =
  "points are compared by the F1 on dev that chose each run's epoch, averaged over seeds; never by test";

/** Summarises the points. @param runsOf the outcomes of a point, by its name */
export function sweepReport(
  asked: Pick<SweepReport, "configuration" | "axes" | "seeds" | "failed">,
  points: readonly GridPoint[],
  runsOf: ReadonlyMap<string, readonly RunOutcome[]>,
): SweepReport {
  const summed = points.map((point): SweepPoint => {
    const outcomes = runsOf.get(point.name) ?? [];
    const scores = outcomes.flatMap(({ best }) => best?.score ?? []);
    const tests = outcomes.flatMap(({ test }) => test ?? []);
    const { places, settings, name } = point;
    return {
      places,
      settings,
      name,
      n: outcomes.length,
      chosenBy: scores.length === 0 ? null : meanAndDeviation(scores),
      dev: summariseReports(outcomes.map(({ dev }) => dev)),
      test: tests.length === 0 || tests.length < outcomes.length ? null : summariseReports(tests),
      runs: outcomes.map(lineOf),
    };
  });
  const best = summed.reduce<SweepPoint | undefined>(
    (best, point) => ((point.chosenBy?.mean ?? -1) > (best?.chosenBy?.mean ?? -1) ? point : best),
    undefined,
  );
  const protocols = [...runsOf.values()].flat().flatMap(({ best }) => best?.protocol ?? []);
  return {
    kind: "sweep",
    ...asked,
    deviation: deviationWords,
    selection: sweepSelectionWords,
    protocols: [...new Set(protocols)],
    best: best?.name ?? null,
    points: summed,
  };
}
