import { z } from "zod";
import type { Sentence } from "../schema/index.ts";
import { type ConstraintSet, constraintKinds, constraintSet, listConstraints } from "./constraint-set.ts";
import { type LearnOptions, learnConstraints } from "./learn-constraints.ts";

const search = {
  entityTypes: z
    .enum(["joint", "fixed"])
    .default("joint")
    .describe("whether an entity may get a less likely type so that a relation can stand"),
  nodes: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe("branches of the exact search for entities whose relations conflict; beyond them, a beam decides"),
  beam: z.int().min(1).max(1000).default(16).describe("partial choices that the beam keeps; 1 is greedy"),
};

/** The constraints of a model, and how they are applied. A model's config.json holds them. */
export const decodingConstraints = constraintSet.extend(search);

/** The values of `decodingConstraints`. */
export type DecodingConstraints = z.infer<typeof decodingConstraints>;

const learnSettings = z.strictObject({
  minSupport: z.int().min(1).default(20).describe("cases that a learnt constraint needs in the training data"),
  maxViolations: z.number().min(0).max(1).default(0).describe("share of these cases that may break it"),
  kinds: z
    .array(z.enum(constraintKinds))
    .min(1)
    .default([...constraintKinds])
    .describe("the kinds to learn"),
});

/** The section `constraints` of a configuration. */
export const constraintSettings = decodingConstraints.omit({ evidence: true }).extend({
  learn: z
    .union([z.literal(["on", true, "off", false]), learnSettings])
    .default("off")
    .describe("learn constraints from train; those written here replace learnt ones"),
});

/** The values of `constraintSettings`. */
export type ConstraintSettings = z.infer<typeof constraintSettings>;

/**
 * The constraints that a configuration asks for: those learnt from the training data, if any,
 * replaced by those it writes. `undefined` if it has none.
 */
export function configuredConstraints(
  settings: ConstraintSettings | undefined,
  train: readonly Sentence[],
): DecodingConstraints | undefined {
  if (settings === undefined) return undefined;
  const { learn, ...written } = settings;
  const options: LearnOptions | undefined = typeof learn === "object" ? learn : learn === "on" || learn === true ? {} : undefined;
  const learnt: ConstraintSet = options === undefined ? { relations: {} } : learnConstraints(train, options);
  const all = withConstraints(learnt, written);
  return listConstraints(all).length === 0 ? undefined : { ...written, ...all };
}

/** The constraints of both sets; where both have one of a kind, that of the second. */
export function withConstraints(first: ConstraintSet, second: ConstraintSet): ConstraintSet {
  const relations = { ...first.relations };
  for (const [type, own] of Object.entries(second.relations)) {
    relations[type] = merged(relations[type] ?? {}, own);
    // The two exclude each other, and the one that was written counts.
    if (own.symmetric !== undefined && own.inverse === undefined) delete relations[type]?.inverse;
    if (own.inverse !== undefined && own.symmetric === undefined) delete relations[type]?.symmetric;
    if (own.symmetric === "both" && own.acyclic === undefined) delete relations[type]?.acyclic;
  }
  const { relations: _first, ...before } = first;
  const { relations: _second, ...after } = second;
  return { ...merged(before, after), relations };
}

/** The fields of both, those of the second first; evidence stays with the fields it is about. */
function merged<Fields extends { readonly evidence?: ConstraintSet["evidence"] }>(first: Fields, second: Fields): Fields {
  const given = Object.fromEntries(Object.entries(second).filter(([, value]) => value !== undefined));
  const kept = Object.entries(first.evidence ?? {}).filter(([kind]) => !(kind in given));
  const evidence = { ...Object.fromEntries(kept), ...second.evidence };
  const { evidence: _own, ...fields } = { ...first, ...given } as Fields;
  return (Object.keys(evidence).length === 0 ? fields : { ...fields, evidence }) as Fields;
}
