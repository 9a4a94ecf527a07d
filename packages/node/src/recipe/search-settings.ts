import { type Candidate, type Rung, searchCandidates, searchPlan, survivors } from "@weft-nlp/core/recipe";
import { parseConfig, type TrainConfig } from "@weft-nlp/core/training";
import { isStop, type ProjectRunEvent, type ProjectRuns } from "./project-runs.ts";
import type { KeptRun, ProjectPlan } from "./project-state.ts";

/** A run of a search that ended: what was tried, for how long, and how well it did on dev. */
export interface TriedEvent {
  readonly kind: "tried";
  readonly run: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly epochs: number;
  readonly best: KeptRun | undefined;
}

/** An event of a search: its plan, then each run and its result. */
export type SearchEvent =
  | ProjectRunEvent
  | { readonly kind: "search"; readonly rungs: readonly Rung[]; readonly leftMs: number }
  | TriedEvent;

/**
 * Spends time on settings and seeds around the chosen ones, by successive halving on dev: many for
 * a quarter of the epochs, the better half for half of them, and so on. What time is left goes to
 * more seeds of the best. The runs are decided once, so a search that was killed goes on.
 *
 * @param leftMs tells how much of the time is left
 */
export async function* searchSettings(
  plan: ProjectPlan,
  runs: ProjectRuns,
  leftMs: () => number,
): AsyncGenerator<SearchEvent, void, void> {
  const whole = Math.max(1, runs.progress.chosenMs ?? 1);
  if (runs.progress.search === undefined) {
    const rungs = searchPlan(leftMs() / whole);
    const candidates = searchCandidates(plan.recipe, plan.seed, rungs[0]?.runs ?? 0, plan.encoders);
    await runs.note({ search: { rungs, candidates } });
  }
  const { rungs, candidates } = runs.progress.search ?? { rungs: [], candidates: [] };
  yield { kind: "search", rungs, leftMs: leftMs() };
  let pool: readonly Candidate[] = candidates;
  for (const [index, { runs: size, share }] of rungs.entries()) {
    const tried: { readonly candidate: Candidate; readonly score: number; readonly entities?: number | undefined }[] = [];
    for (const candidate of pool.slice(0, size)) {
      const best = yield* tryOut(plan, runs, candidate, share);
      if (best !== undefined) tried.push({ candidate, score: best.score, entities: best.entities });
    }
    pool = survivors(tried, rungs[index + 1]?.runs ?? 1).map(({ candidate }) => candidate);
  }
  const [winner] = pool;
  if (winner === undefined) return;
  for (let extra = 1; leftMs() >= whole; extra++) {
    const seed = plan.seed + candidates.length + extra;
    const name = winner.name.replace(/-seed-\d+$/, `-seed-${seed}`);
    yield* tryOut(plan, runs, { ...winner, name, seed }, 1);
  }
}

async function* tryOut(
  plan: ProjectPlan,
  runs: ProjectRuns,
  candidate: Candidate,
  share: number,
): AsyncGenerator<SearchEvent, KeptRun | undefined, void> {
  const config = changedConfig(plan.chosen, candidate, share);
  const run = `${candidate.name}-${Math.round(100 * share)}`;
  let best: KeptRun | undefined;
  try {
    best = yield* runs.train(run, config);
  } catch (error) {
    // Settings under which training fails are out; the search goes on.
    if (isStop(error)) throw error;
  }
  yield { kind: "tried", run, settings: candidate.changes, seed: candidate.seed, epochs: config.training.epochs, best };
  return best;
}

/** The chosen configuration with the changes of a candidate, for a share of its epochs. */
function changedConfig(chosen: TrainConfig, { changes, seed }: Candidate, share: number): TrainConfig {
  const settings = JSON.parse(JSON.stringify(chosen)) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) setAt(settings, path.split("."), value);
  const epochs = Math.max(1, Math.round(chosen.training.epochs * share));
  return parseConfig({ ...settings, seed, training: { ...(settings["training"] as object), epochs } });
}

function setAt(target: Record<string, unknown>, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[first] = value;
  else {
    const inner = target[first];
    const map = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : {};
    target[first] = map;
    setAt(map, rest, value);
  }
}
