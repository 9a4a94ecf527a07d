import { ConfigError } from "../errors.ts";
import { joinKey } from "../schema/span-keys.ts";
import type { GoldSentence } from "./evaluate.ts";
import type { Prediction } from "./prediction.ts";
import { type ProtocolName, protocols } from "./protocols.ts";

/** A possible relation with the model's confidence, and whether it is correct under a protocol. */
export interface Candidate {
  readonly type: string;
  /** Between 0 and 1. */
  readonly confidence: number;
  readonly correct: boolean;
}

/** The basis for choosing thresholds: candidates, and the number of gold relations. */
export interface CandidateSet {
  readonly protocol: ProtocolName;
  readonly candidates: readonly Candidate[];
  /**
   * Gold items by type, including those without a candidate, which are missed at every threshold.
   */
  readonly gold: ReadonlyMap<string, number>;
}

/**
 * Collects the candidates of a corpus. Candidates that the protocol cannot distinguish are merged
 * and keep the highest confidence.
 *
 * @param predictions one per gold sentence, made with a threshold low enough to keep all candidates
 * of interest
 * @throws {ConfigError} SETTING_INVALID for a protocol that does not count relations
 */
export function collectCandidates(
  protocol: ProtocolName,
  gold: readonly GoldSentence[],
  predictions: readonly Prediction[],
): CandidateSet {
  const { match, unit } = protocols.get(protocol);
  if (unit !== "relations") {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "protocol" },
      message: `${protocol} counts ${unit}, but thresholds are chosen by relations`,
      hint: "choose strict, boundaries, exact, pairs or another protocol that counts relations",
    });
  }
  const byType = new Map<string, number>();
  const found = new Map<string, Candidate>();
  for (const [index, sentence] of gold.entries()) {
    const { entities = [], relations = [] } = predictions[index] ?? {};
    for (const { type } of match(sentence, { entities, relations: [] }, sentence.tokens).gold.values()) {
      byType.set(type, (byType.get(type) ?? 0) + 1);
    }
    for (const relation of relations) {
      const { predicted, correct } = match(sentence, { entities, relations: [relation] }, sentence.tokens);
      const { confidence = 1 } = relation;
      for (const [key, { type }] of predicted) {
        const place = joinKey(index, key);
        if ((found.get(place)?.confidence ?? -1) < confidence) found.set(place, { type, confidence, correct: correct.has(key) });
      }
    }
  }
  return { protocol, candidates: [...found.values()], gold: byType };
}
