import type { DevScore } from "@weft-nlp/core/training";

type Best = DevScore & { readonly epoch: number };

/** The best epoch so far: `best dev F1 61.5 (entities 85.8) in epoch 12`. */
export function bestWords({ epoch, score, entities }: Best): string {
  if (entities === undefined) return `best dev F1 ${points(score)} in epoch ${epoch}`;
  if (score === 0) return `no relation right on dev yet; best entity F1 ${points(entities)} in epoch ${epoch}`;
  return `best dev F1 ${points(score)} (entities ${points(entities)}) in epoch ${epoch}`;
}

/**
 * A warning for a training whose best epoch has nothing right, with what to try; nothing if
 * something is right.
 */
export function nothingRight(
  { epoch, score, entities }: Best,
  { train, model }: { readonly train: string; readonly model: string },
): string | undefined {
  if (score > 0) return undefined;
  const kept = entities === undefined ? "" : `; epoch ${epoch} is kept, which finds entities best (F1 ${points(entities)})`;
  return [
    `warning: no epoch had a relation right on dev${kept}`,
    "  → train longer (training.epochs, training.patience: 0) or with smaller batches (training.batch)",
    ...(model === "joint-nn" ? ["  → try the other model: model: rin learns relations sooner"] : []),
    `  → check that train has enough examples of every relation type: weft data stats ${train}`,
  ].join("\n");
}

function points(f1: number): string {
  return (100 * f1).toFixed(1);
}
