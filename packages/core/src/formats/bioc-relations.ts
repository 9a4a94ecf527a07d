import { DataError } from "../errors.ts";
import { within } from "../json/fields.ts";
import type { Relation } from "../schema/index.ts";
import type { BiocRelation } from "./bioc-parts.ts";
import type { ConceptMentions } from "./shared/concepts.ts";
import type { Omit } from "./shared/records.ts";

/** What a relation may name. */
interface Known {
  /** Entity indices by the ids of their annotations. */
  readonly byId: ReadonlyMap<string, readonly number[]>;
  readonly relationIds: ReadonlySet<string>;
  readonly concepts: ConceptMentions;
  readonly omit: Omit;
}

const typeInfons = ["type", "relation", "relation type", "relation_type", "label"];
/** The infons that name two concepts: PubTator 3, BioRED, and lists of pairs. */
const endInfons = [
  ["role1", "role2"],
  ["entity1", "entity2"],
  ["Gene1", "Gene2"],
  ["arg1", "arg2"],
] as const;
/** Roles that say which end is the tail, whatever the order of the nodes. */
const tailRole = /^(?:arg-?2|tail|object|obj|target|to)$/i;
const headRole = /^(?:arg-?1|head|subject|subj|source|from)$/i;

/**
 * The relations between mentions that a relation of BioC becomes: one if its nodes name
 * annotations; otherwise those of the concepts that its infons or nodes name.
 */
export function readBiocRelation(relation: BiocRelation, { byId, relationIds, concepts, omit }: Known): Relation[] {
  const { infons, nodes, path, at } = relation;
  const typeInfon = typeInfons.find((name) => (infons.get(name) ?? "") !== "");
  if (typeInfon === undefined) {
    omit(path, "the relation has no label; it was left out", at);
    return [];
  }
  const type = infons.get(typeInfon) as string;
  const [first, second, ...more] = nodes;
  const mentions = nodes.map(({ refid }) => byId.get(refid) ?? []);
  if (first !== undefined && second !== undefined && more.length === 0 && mentions.every(({ length }) => length > 0)) {
    if (mentions.some(({ length }) => length > 1)) {
      omit(path, "several annotations have the id of an end; the relation was left out", at);
      return [];
    }
    omitInfons(relation, [typeInfon], omit);
    const turned = tailRole.test(first.role) && headRole.test(second.role);
    if (!turned && !knownRoles(first.role, second.role)) {
      omit(path, `the roles ${first.role} and ${second.role} cannot be stored; the first is the head, the second the tail`, at);
    }
    const [head, tail] = mentions.map(([index]) => index) as [number, number];
    return [turned ? { head: tail, tail: head, type } : { head, tail, type }];
  }
  const ends = conceptEnds(relation, typeInfon, concepts);
  if (ends !== undefined) {
    omitInfons(relation, [typeInfon, ...ends.infons], omit);
    return concepts.relations(ends.ids, type, path, (where, reason) => omit(where, reason, at));
  }
  const unknown = nodes.find(({ refid }) => !byId.has(refid) && !relationIds.has(refid));
  if (unknown !== undefined) {
    throw new DataError("RELATION_END_MISSING", {
      at: within(at, path),
      message: `a node names ${JSON.stringify(unknown.refid)}, but no annotation of the document has this id`,
      hint: "refid is the id of an annotation of the same document",
    });
  }
  const reason = nodes.some(({ refid }) => !byId.has(refid))
    ? "the relation ends at another relation, and Weft holds only relations between mentions; it was left out"
    : `the relation has ${nodes.length} nodes, and Weft holds only relations of two; it was left out`;
  omit(path, reason, at);
  return [];
}

function knownRoles(first: string, second: string): boolean {
  return (first === "" && second === "") || (headRole.test(first) && tailRole.test(second));
}

/** The two concepts that a relation names, and the infons that it took for them. */
function conceptEnds(
  { infons, nodes }: BiocRelation,
  typeInfon: string,
  concepts: ConceptMentions,
): { ids: readonly [string, string]; infons: readonly string[] } | undefined {
  for (const [first, second] of endInfons) {
    const [head, tail] = [infons.get(first), infons.get(second)];
    if (head !== undefined && tail !== undefined) return { ids: [head, tail], infons: [first, second] };
  }
  const [first, second, ...more] = nodes;
  if (first !== undefined && second !== undefined && more.length === 0 && nodes.some(({ refid }) => concepts.has(refid)))
    return { ids: [first.refid, second.refid], infons: [] };
  if (nodes.length > 0) return undefined;
  // BioCreative V CDR names each concept by its type: Chemical and Disease.
  const others = [...infons].filter(([name]) => name !== typeInfon);
  const named = others.length === 2 ? others : others.filter(([, value]) => concepts.has(value));
  const [head, tail] = named;
  if (head === undefined || tail === undefined || named.length !== 2) return undefined;
  return { ids: [head[1], tail[1]], infons: [head[0], tail[0]] };
}

function omitInfons({ infons, path, at }: BiocRelation, used: readonly string[], omit: Omit): void {
  const others = [...infons.keys()].filter((name) => !used.includes(name));
  if (others.length > 0) omit(`${path}.infons`, "only the type of a relation can be stored", at);
}
