import { DataError, type Location } from "../errors.ts";
import type { Document } from "../schema/index.ts";
import { onSharedTokens } from "./shared-tokens.ts";

/** What one person annotated. */
export interface Annotator {
  readonly name: string;
  readonly documents: readonly PlacedDocument[];
}

/** A document and where it came from. */
export interface PlacedDocument {
  readonly document: Document;
  readonly at: Location;
}

/** One document with the annotation of everyone who has it. */
export interface SharedDocument {
  /** Text, tokens and sentences. Its annotation is that of the first annotator who has it. */
  readonly document: Document;
  readonly at: Location;
  /**
   * The document as each annotator has it, in their order, on the same tokens; undefined if one
   * does not have it.
   */
  readonly annotations: readonly (Document | undefined)[];
}

/** The documents of all annotators. */
export interface MatchedAnnotators {
  readonly names: readonly string[];
  /** In the order in which they first occur. */
  readonly documents: readonly SharedDocument[];
  readonly by: "id" | "order";
}

/**
 * Brings together the documents that several people annotated: by id if every annotator's ids are
 * unique, and otherwise by order.
 *
 * By id, an annotator may lack documents. Documents with the same text may have different tokens,
 * because some tools cut words where an annotation begins; they get the tokens of all.
 *
 * @throws {DataError} SENTENCES_MISMATCH if two annotators have nothing in common, if documents
 *   that belong together have different words, or if there is an unequal number without unique ids
 */
export function matchAnnotators(annotators: readonly Annotator[]): MatchedAnnotators {
  const names = annotators.map(({ name }) => name);
  const indexes = annotators.map(indexById);
  const known = indexes.filter((index) => index !== undefined);
  const byId = known.length === annotators.length;
  const groups = byId ? groupsById(known) : groupsByOrder(annotators);
  if (byId && annotators.length > 1) requireOverlap(annotators, groups);
  return { names, documents: groups.map((group) => share(group, names)), by: byId ? "id" : "order" };
}

type Group = readonly (PlacedDocument | undefined)[];

function groupsById(indexes: readonly ReadonlyMap<string, PlacedDocument>[]): Group[] {
  const ids = new Set(indexes.flatMap((index) => [...index.keys()]));
  return [...ids].map((id) => indexes.map((index) => index.get(id)));
}

function groupsByOrder(annotators: readonly Annotator[]): Group[] {
  const [first] = annotators;
  for (const { name, documents } of annotators) {
    if (documents.length === first?.documents.length) continue;
    throw new DataError("SENTENCES_MISMATCH", {
      at: { source: documents[0]?.at.source },
      message: `${name} has ${documents.length} documents and ${first?.name} ${first?.documents.length}, and they have no unique ids to match them by`,
      hint: "give each document an `id`, the same for every annotator",
    });
  }
  return (first?.documents ?? []).map((_, index) => annotators.map(({ documents }) => documents[index]));
}

/**
 * `undefined` if an id is missing or repeated. A reader names a document without an id after its
 * line or record.
 */
function indexById({ documents }: Annotator): Map<string, PlacedDocument> | undefined {
  const index = new Map<string, PlacedDocument>();
  for (const [place, placed] of documents.entries()) {
    const { id } = placed.document;
    if (id === `line-${placed.at.line}` || id === `record-${place + 1}` || index.has(id)) return undefined;
    index.set(id, placed);
  }
  return index;
}

function requireOverlap(annotators: readonly Annotator[], groups: readonly Group[]): void {
  const alone = annotators.findIndex(
    (_, own) =>
      !groups.some((group) => group[own] !== undefined && group.some((each, other) => other !== own && each !== undefined)),
  );
  if (alone === -1) return;
  const { name = "", documents = [] } = annotators[alone] ?? {};
  const other = annotators.find((_, index) => index !== alone);
  const [one, two] = [documents[0]?.document.id, other?.documents[0]?.document.id];
  throw new DataError("SENTENCES_MISMATCH", {
    at: { source: documents[0]?.at.source },
    message:
      one === undefined
        ? `${name} has no documents`
        : `${name} has no document in common with anyone else; its first is ${JSON.stringify(one)}, that of ${other?.name} ${JSON.stringify(two)}`,
    hint: "documents are matched by id",
  });
}

function share(group: Group, names: readonly string[]): SharedDocument {
  const present = group.flatMap((placed, index) => (placed === undefined ? [] : [{ ...placed, name: names[index] ?? "" }]));
  const documents = onSharedTokens(present);
  let next = 0;
  const [first] = documents;
  if (first === undefined) throw new RangeError("expected a document");
  return {
    document: first,
    at: present[0]?.at ?? {},
    annotations: group.map((placed) => (placed === undefined ? undefined : documents[next++])),
  };
}
