import { DataError } from "../errors.ts";
import { type Entity, overlappingEntities, type Span } from "../schema/index.ts";

/**
 * How entities become one tag per token. `bio`: begin and inside. `bioes`: also end and single.
 * `bilou`: the same as `bioes`, with end called last and single called unit.
 */
export type TagScheme = "bio" | "bioes" | "bilou";

/** The tags of a sentence, with the entities that they cannot hold. */
export interface EncodedTags {
  /** One tag per token: `O`, `B-PER`, …, or plain `B` for an entity without a type. */
  readonly tags: readonly string[];
  /** Indices of the entities omitted because a longer one covers their tokens. */
  readonly omitted: readonly number[];
}

/**
 * Encodes the entities of a sentence as tags.
 *
 * @param entities valid token spans; among overlapping ones, the longest is kept
 * @param length number of tokens in the sentence
 */
export function encodeTags(entities: readonly Entity[], length: number, scheme: TagScheme): EncodedTags {
  const tags: string[] = new Array<string>(length).fill("O");
  const omitted = overlappingEntities(entities);
  const left = new Set(omitted);
  const { end: last, single } = prefixes[scheme];
  for (const [index, { start, end, type }] of entities.entries()) {
    if (left.has(index)) continue;
    const suffix = type === null ? "" : `-${type}`;
    tags.fill(`I${suffix}`, start, end);
    tags[end - 1] = `${last}${suffix}`;
    tags[start] = `${end - start === 1 ? single : "B"}${suffix}`;
  }
  return { tags, omitted };
}

/**
 * Decodes any tag sequence into entities, in order.
 *
 * Inconsistent sequences follow the chunk rules of the CoNLL-2000 scorer (conlleval): an inside or
 * end tag opens an entity if none of its type is open, and a change of type closes the open one.
 *
 * @throws {DataError} LABEL_UNKNOWN for a tag outside the scheme
 */
export function decodeTags(tags: readonly string[], scheme: TagScheme): Entity[] {
  const entities: Entity[] = [];
  let open: (Span & { type: string | null }) | undefined;
  for (const [index, tag] of tags.entries()) {
    const { role, type } = parseTag(tag, scheme, index);
    const opens = role === "begin" || role === "single" || (role !== "outside" && open?.type !== type);
    if (open !== undefined && (opens || role === "outside")) {
      entities.push(open);
      open = undefined;
    }
    if (role === "outside") continue;
    open = { start: open?.start ?? index, end: index + 1, type };
    if (role === "end" || role === "single") {
      entities.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) entities.push(open);
  return entities;
}

/**
 * Every tag that sentences with these entity types can need: "O" first, then by type in code-unit
 * order.
 *
 * @param types `null` for entities without a type; an empty list means the same
 */
export function tagInventory(types: Iterable<string | null>, scheme: TagScheme): string[] {
  const distinct = [...new Set(types)];
  const suffixes = distinct
    .filter((type) => type !== null)
    .sort()
    .map((type) => `-${type}`);
  if (distinct.length === 0 || distinct.includes(null)) suffixes.unshift("");
  const { end, single } = prefixes[scheme];
  const letters = [...new Set(["B", "I", end, single])];
  return ["O", ...suffixes.flatMap((suffix) => letters.map((letter) => `${letter}${suffix}`))];
}

/** BIO does not mark ends or single tokens, so they use the letters for inside and begin. */
const prefixes: Readonly<Record<TagScheme, { readonly end: string; readonly single: string }>> = {
  bio: { end: "I", single: "B" },
  bioes: { end: "E", single: "S" },
  bilou: { end: "L", single: "U" },
};

type Role = "outside" | "begin" | "inside" | "end" | "single";

function parseTag(tag: string, scheme: TagScheme, index: number): { role: Role; type: string | null } {
  if (tag === "O") return { role: "outside", type: null };
  const letter = tag.charAt(0);
  const { end, single } = prefixes[scheme];
  const role: Role | undefined =
    letter === "B" ? "begin" : letter === "I" ? "inside" : letter === end ? "end" : letter === single ? "single" : undefined;
  if (role === undefined || (tag.length > 1 && (tag.charAt(1) !== "-" || tag.length === 2))) {
    throw new DataError("LABEL_UNKNOWN", {
      at: { path: `tags[${index}]` },
      message: `the tag ${JSON.stringify(tag)} is not part of the ${scheme} scheme`,
      hint: `tags are O, or one of ${[...new Set(["B", "I", end, single])].join(", ")}, followed by a hyphen and the type, if any`,
    });
  }
  return { role, type: tag.length === 1 ? null : tag.slice(2) };
}
