import type { BuiltModel } from "../inference/index.ts";
import { type ProtocolName, protocols, type Report } from "../metrics/index.ts";
import type { DevScore, Progress } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";

/** How a training chooses its best epoch on dev. */
export interface Selection {
  /** The protocol whose F1 chooses. */
  readonly protocol: ProtocolName;
  /** The protocol that decides between epochs of equal F1. */
  readonly entities: ProtocolName | undefined;
  readonly ties: "entities" | "first";
}

/** The selection for a configuration and the model that it builds. */
export function selectionOf({ select, ties = "entities" }: TrainConfig["training"], built: BuiltModel): Selection {
  const { definition, description } = built;
  const { typed } = description.lexicon;
  const protocol =
    select === "auto" ? (definition.protocols?.(description.settings)?.[0] ?? (typed ? "strict" : "exact")) : select;
  const findsBoth = !definition.capabilities.needsGoldEntities && protocols.get(protocol).unit !== "entities";
  return { protocol, entities: findsBoth ? (typed ? "ner-strict" : "ner-boundaries") : undefined, ties };
}

/** The scores of an epoch, from a report that has the protocols of the selection. */
export function devScore({ protocols: scores }: Report, { protocol, entities }: Selection): DevScore {
  const f1 = (name: ProtocolName): number => scores[name]?.micro.f1 ?? 0;
  return { score: f1(protocol), ...(entities === undefined ? {} : { entities: f1(entities) }) };
}

/**
 * Compares an epoch with the best one before it: better by the protocol, or equal by it and better
 * by entities; or equal in both.
 */
export function compareWithBest(next: DevScore, best: DevScore | undefined, { ties }: Selection): "better" | "equal" | "worse" {
  if (best === undefined || next.score > best.score) return "better";
  if (next.score < best.score) return "worse";
  if (ties === "first") return "worse";
  const difference = (next.entities ?? 0) - (best.entities ?? 0);
  return difference > 0 ? "better" : difference < 0 ? "worse" : "equal";
}

/**
 * The progress after an evaluation, and whether its epoch is now the best. Of equal epochs the
 * later one is kept; it counts as no progress. As long as nothing is right, patience does not run
 * out: entities are found many epochs before the first relation.
 */
export function afterEvaluation(
  progress: Progress,
  epoch: number,
  next: DevScore,
  selection: Selection,
): { readonly progress: Progress; readonly improved: boolean } {
  const compared = compareWithBest(next, progress.best, selection);
  const improved = compared !== "worse";
  const best = improved ? { epoch, ...next } : progress.best;
  return {
    improved,
    progress: {
      ...progress,
      best,
      stale: compared === "better" || (best?.score ?? 0) === 0 ? 0 : progress.stale + 1,
    },
  };
}
