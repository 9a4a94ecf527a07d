import { z } from "zod";

/** The kinds of constraints, in the order in which they are listed. */
export const constraintKinds = [
  "arguments",
  "onePerPair",
  "noSelf",
  "maxPerHead",
  "maxPerTail",
  "symmetric",
  "inverse",
  "acyclic",
] as const;

/** A kind of constraint. */
export type ConstraintKind = (typeof constraintKinds)[number];

/** How often the training data supports a constraint, and how often it breaks it. */
const evidence = z.strictObject({
  support: z.int().min(0).describe("cases that could have broken the constraint"),
  violations: z.int().min(0).describe("cases that broke it"),
});

/** The counts of a learnt constraint. */
export type Evidence = z.infer<typeof evidence>;

/** Evidence by constraint; present on constraints that were learnt. */
const evidences = z.partialRecord(z.enum(constraintKinds), evidence);

/** What the relations of one type may look like. */
export const relationConstraints = z.strictObject({
  arguments: z
    .array(z.tuple([z.string(), z.string()]))
    .min(1)
    .optional()
    .describe("the pairs of entity types it joins, each as [head, tail]"),
  maxPerHead: z.int().min(1).optional().describe("relations of this type that one head may have"),
  maxPerTail: z.int().min(1).optional().describe("relations of this type that one tail may have"),
  symmetric: z
    .enum(["both", "canonical"])
    .optional()
    .describe("both: it holds in both directions or in none; canonical: it is written once, the first entity as the head"),
  inverse: z.string().optional().describe("the type that holds from tail to head exactly where this one holds"),
  acyclic: z.boolean().optional().describe("whether its relations form no cycle"),
  evidence: evidences.optional().describe("counts of a learnt constraint"),
});

/** The values of `relationConstraints`. */
export type RelationConstraints = z.infer<typeof relationConstraints>;

/** The constraints on one reading of a text, which is a sentence or a window of one. */
export const constraintSet = z.strictObject({
  onePerPair: z
    .enum(["unordered", "ordered"])
    .optional()
    .describe("two entities have at most one relation; ordered: at most one in each direction"),
  noSelf: z.boolean().optional().describe("whether an entity has no relation to itself"),
  relations: z.record(z.string(), relationConstraints).default({}).describe("the constraints of each relation type"),
  evidence: evidences.optional().describe("counts of a learnt constraint"),
});

/** Constraints that every prediction of a model meets. */
export type ConstraintSet = z.infer<typeof constraintSet>;

/** One constraint of a set, for tables and messages. */
export interface ListedConstraint {
  readonly kind: ConstraintKind;
  /** The relation type it belongs to; absent if it is about all of them. */
  readonly relation?: string | undefined;
  /** The constraint in words. */
  readonly words: string;
  readonly evidence?: Evidence | undefined;
}

/** The constraints of a set one by one: those on all relations first, then by type. */
export function listConstraints(set: ConstraintSet): ListedConstraint[] {
  const found: ListedConstraint[] = [];
  const add = (kind: ConstraintKind, words: string, from: { readonly evidence?: ConstraintSet["evidence"] }, relation?: string) =>
    found.push({
      kind,
      words,
      ...(relation === undefined ? {} : { relation }),
      ...(from.evidence?.[kind] === undefined ? {} : { evidence: from.evidence[kind] }),
    });
  if (set.onePerPair !== undefined) {
    const each = set.onePerPair === "ordered" ? "in each direction" : "in either direction";
    add("onePerPair", `two entities have at most one relation ${each}`, set);
  }
  if (set.noSelf === true) add("noSelf", "no entity has a relation to itself", set);
  for (const [relation, own] of Object.entries(set.relations)) {
    const pairs = own.arguments?.map(([head, tail]) => `${head} to ${tail}`);
    if (pairs !== undefined) add("arguments", `from ${pairs.join(", ")}`, own, relation);
    if (own.maxPerHead !== undefined) add("maxPerHead", `at most ${own.maxPerHead} for a head`, own, relation);
    if (own.maxPerTail !== undefined) add("maxPerTail", `at most ${own.maxPerTail} for a tail`, own, relation);
    if (own.symmetric === "both") add("symmetric", "in both directions or in none", own, relation);
    if (own.symmetric === "canonical") add("symmetric", "written once, the first entity as the head", own, relation);
    if (own.inverse !== undefined) add("inverse", `exactly where ${own.inverse} holds the other way round`, own, relation);
    if (own.acyclic === true) add("acyclic", "no cycles", own, relation);
  }
  return found;
}

/** Whether a set constrains nothing. */
export function isEmpty(set: ConstraintSet): boolean {
  return listConstraints(set).length === 0;
}
