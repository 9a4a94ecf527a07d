import type { Recipe, RecipeSettings } from "./choose-recipe.ts";

/** Settings and a seed to try. */
export interface Candidate {
  /** A folder name, unique in its search. */
  readonly name: string;
  /** Changes to the recipe's settings, by path: `optimizer.rate`. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** A round of successive halving. */
export interface Rung {
  /** Candidates that are trained in this round. */
  readonly runs: number;
  /** Share of the recipe's epochs, 0 to 1. */
  readonly share: number;
}

/**
 * Successive halving that costs about `trainings` whole trainings: many candidates for a quarter of
 * the epochs, the better half of them for half, and the better half of those for all.
 *
 * @param trainings what the search may cost, in trainings of the recipe
 * @returns no rounds if not even one more training fits
 */
export function searchPlan(trainings: number): Rung[] {
  if (trainings < 1) return [];
  // Few trainings go to other seeds of the same settings.
  if (trainings < 2) return [{ runs: 1, share: 1 }];
  const first = Math.min(maxCandidates, Math.floor(trainings / 0.75));
  const rungs: Rung[] = [];
  for (let runs = first, share = 0.25; share <= 1; share *= 2, runs = Math.max(1, Math.ceil(runs / 2))) {
    rungs.push({ runs, share });
  }
  return rungs;
}

const maxCandidates = 64;

/** The best candidates of a round, best first; of equal ones, the earlier. */
export function survivors<Tried extends { readonly score: number; readonly entities?: number | undefined }>(
  tried: readonly Tried[],
  keep: number,
): Tried[] {
  return tried.toSorted((a, b) => b.score - a.score || (b.entities ?? 0) - (a.entities ?? 0)).slice(0, keep);
}

/**
 * What to try around a recipe, in the order of what helps most often: other rates and sizes, more
 * and less dropout, rare words, another model, an encoder; each with seeds of its own.
 *
 * @param seed the recipe's; candidates get the following ones
 * @param encoders encoders in the cache
 */
export function searchCandidates(
  { settings }: Recipe,
  seed: number,
  count: number,
  encoders: readonly string[] = [],
): Candidate[] {
  const variations = variationsOf(settings, encoders);
  return Array.from({ length: count }, (_, index) => {
    const [words, changes] = variations[index % variations.length] ?? ["", {}];
    const own = seed + 1 + index;
    return { name: `${words}-seed-${own}`, changes, seed: own };
  });
}

type Variation = readonly [words: string, changes: Readonly<Record<string, unknown>>];

function variationsOf({ model, optimizer, training }: RecipeSettings, encoders: readonly string[]): Variation[] {
  const { name, hiddenSize = 50 } = model as { readonly name: string; readonly hiddenSize?: number };
  const { rate } = optimizer as { readonly rate: number };
  const { batch } = training as { readonly batch: number };
  const [encoder] = encoders;
  const sizes: Variation[] =
    name === "bio-mtl"
      ? [["dropout-0.3", { "model.inputDropout": 0.3 }]]
      : [
          [`hidden-${2 * hiddenSize}`, { "model.hiddenSize": 2 * hiddenSize }],
          ["word-dropout-0.1", { "model.wordDropout": 0.1 }],
        ];
  return [
    ["same", {}],
    [`rate-${round(rate / 2)}`, { "optimizer.rate": round(rate / 2) }],
    ...(encoder === undefined ? [] : [["encoder", { "model.inputs.encoder": { name: encoder } }] as const]),
    ...sizes,
    ["all-words", { "vocabulary.minCount": 1 }],
    [`batch-${2 * batch}`, { "training.batch": 2 * batch }],
    [`rate-${round(rate * 1.5)}`, { "optimizer.rate": round(rate * 1.5) }],
    ...(name === "joint-nn" ? [["dropout-0.4", { "model.dropout": 0.4 }] as const] : []),
    ...(name === "rin" ? [["rounds-1", { "model.rounds": 1 }] as const, ["rounds-4", { "model.rounds": 4 }] as const] : []),
  ];
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
