import { Catalogue } from "../catalogue.ts";
import { ConfigError } from "../errors.ts";
import { joinKey, spanKey, typedSpanKey } from "../schema/span-keys.ts";
import { type Counts, riskF1 } from "./counts.ts";
import {
  countsOf,
  type Match,
  matchCells,
  matchEntities,
  matchMrtCode,
  matchRelations,
  matchRelaxed,
  matchRelaxedEntities,
  strictKey,
  surfaceTriple,
} from "./matching.ts";
import { type Anchor, anchorOf, type Prediction } from "./prediction.ts";

/** A rule for when an item is correct, with the words that reports print next to its numbers. */
export interface Protocol {
  readonly name: string;
  /** The kind of item that is counted. */
  readonly unit: "relations" | "entities" | "cells";
  /** Whether head and tail are distinguished. Entities have no direction. */
  readonly directed: boolean;
  /** One sentence that says when an item is correct. */
  readonly words: string;
  readonly match: Match;
}

const wholeSpans = matchRelations((item) => joinKey(spanKey(item.head), spanKey(item.tail), item.type));

const anchored = (anchor: Anchor): Match =>
  matchRelations((item) => joinKey(anchorOf(item.head, anchor), anchorOf(item.tail, anchor), item.type));

/**
 * Every protocol by name. Gold is counted from the gold annotation, never from a model's
 * candidates. Matching compares sets: items that a protocol cannot distinguish count once, in gold
 * and in the prediction.
 */
const own = {
  strict: {
    unit: "relations",
    directed: true,
    words: "A relation is right when its type, both argument spans and both argument entity types are right.",
    match: matchRelations(strictKey),
  },
  boundaries: {
    unit: "relations",
    directed: true,
    words: "A relation is right when its type and both argument spans are right; entity types do not count.",
    match: wholeSpans,
  },
  relaxed: {
    unit: "relations",
    directed: true,
    words:
      "Gold boundaries are given: a relation is right when its type is right and the gold type of each argument is among the types predicted for its words.",
    match: matchRelaxed,
  },
  exact: {
    unit: "relations",
    directed: true,
    words: "A decoded triple is right when its type and both whole entities are right; entities have no types.",
    match: wholeSpans,
  },
  "partial-last": {
    unit: "relations",
    directed: true,
    words: "A decoded triple is right when its type and the position of the last word of both entities are right.",
    match: anchored("last"),
  },
  "partial-first": {
    unit: "relations",
    directed: true,
    words: "A decoded triple is right when its type and the position of the first word of both entities are right.",
    match: anchored("first"),
  },
  surface: {
    unit: "relations",
    directed: true,
    words: "A triple is right when its type and the strings of both entities are right, wherever they stand in the sentence.",
    match: matchRelations((item, tokens) => surfaceTriple(tokens, item)),
  },
  "rin-partial": {
    unit: "cells",
    directed: true,
    words: "A predicted cell is right when gold has a relation of its type between entities that end at its two words.",
    match: matchCells("last", false),
  },
  "rin-exact": {
    unit: "cells",
    directed: true,
    words:
      "A predicted cell is right when gold has it (last words) and the tags of both gold entities are predicted exactly; precision divides by all predicted cells.",
    match: matchCells("last", true),
  },
  "rin-partial-first": {
    unit: "cells",
    directed: true,
    words: "A predicted cell is right when gold has a relation of its type between entities that begin at its two words.",
    match: matchCells("first", false),
  },
  "rin-exact-first": {
    unit: "cells",
    directed: true,
    words:
      "A predicted cell is right when gold has it (first words) and the tags of both gold entities are predicted exactly; precision divides by all predicted cells.",
    match: matchCells("first", true),
  },
  "mrt-code": {
    unit: "relations",
    directed: true,
    words:
      "As strict, but gold relations whose arguments overlap or cannot be read back from flat tags are left out, and so are predictions of them.",
    match: matchMrtCode,
  },
  pairs: {
    unit: "relations",
    directed: true,
    words: "Entities are given: a relation is right when its type and its two entities, in this order, are right.",
    match: matchRelations(strictKey),
  },
  "pairs-undirected": {
    unit: "relations",
    directed: false,
    words: "Entities are given: a relation is right when its type and its two entities, in either order, are right.",
    match: matchRelations((item) => joinKey(...[typedSpanKey(item.head), typedSpanKey(item.tail)].sort(), item.type)),
  },
  "ner-strict": {
    unit: "entities",
    directed: false,
    words: "An entity is right when its span and its type are right.",
    match: matchEntities(typedSpanKey),
  },
  "ner-boundaries": {
    unit: "entities",
    directed: false,
    words: "An entity is right when its span is right; its type does not count.",
    match: matchEntities(spanKey),
  },
  "ner-relaxed": {
    unit: "entities",
    directed: false,
    words: "Gold boundaries are given: an entity is right when its type is among the types predicted for its words.",
    match: matchRelaxedEntities,
  },
} as const satisfies Record<string, Omit<Protocol, "name">>;

/** The name of a protocol in the catalogue: `strict`, `boundaries`, `partial-last` … */
export type ProtocolName = string;

/** Every protocol, built in or registered. */
export const protocols = new Catalogue<Protocol>(
  "protocol",
  Object.entries(own).map(([name, protocol]) => ({ name, ...protocol })),
);

/** Resolves protocol names that leave a choice open. */
export interface ProtocolChoice {
  /**
   * The word that represents an entity in `partial`, `rin-partial` and `rin-exact`. Defaults to the
   * last.
   */
  readonly anchor?: Anchor | undefined;
  /** Whether `pairs` distinguishes head from tail. Defaults to true. */
  readonly directed?: boolean | undefined;
}

/**
 * The full name of a protocol. The choice resolves `partial`, `rin-partial`, `rin-exact` and
 * `pairs`; other names are already full.
 *
 * @throws {ConfigError} SETTING_INVALID for an unknown name
 */
export function protocolName(name: string, choice: ProtocolChoice = {}): ProtocolName {
  const anchor = choice.anchor ?? "last";
  if (name === "partial") return anchor === "last" ? "partial-last" : "partial-first";
  if (name === "rin-partial") return anchor === "last" ? name : "rin-partial-first";
  if (name === "rin-exact") return anchor === "last" ? name : "rin-exact-first";
  if (name === "pairs") return choice.directed === false ? "pairs-undirected" : "pairs";
  if (protocols.has(name)) return name;
  throw new ConfigError("SETTING_INVALID", {
    message: `there is no scoring protocol named ${JSON.stringify(name)}`,
    hint: `choose from ${["partial", ...protocols.names].join(", ")}`,
  });
}

/** The counts of one sentence under a protocol. */
export function sentenceCounts(name: ProtocolName, gold: Prediction, predicted: Prediction, tokens: readonly string[]): Counts {
  return countsOf(protocols.get(name).match(gold, predicted, tokens));
}

/**
 * F1 of one sentence as the risk uses it: 1 when neither side has an item.
 *
 * @param beta F_β instead; defaults to 1
 */
export function sentenceF1(
  name: ProtocolName,
  gold: Prediction,
  predicted: Prediction,
  tokens: readonly string[],
  beta = 1,
): number {
  return riskF1(sentenceCounts(name, gold, predicted, tokens), beta);
}
