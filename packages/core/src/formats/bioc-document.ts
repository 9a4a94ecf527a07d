import { DataError } from "../errors.ts";
import { within } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation, type Span } from "../schema/index.ts";
import { documentFromBlocks, type OffsetUnit, offsetTranslation, type TextOptions } from "../text/index.ts";
import type { BiocAnnotation, BiocDocument } from "./bioc-parts.ts";
import { BiocPieces } from "./bioc-pieces.ts";
import { readBiocRelation } from "./bioc-relations.ts";
import type { ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { placedText } from "./shared/character-spans.ts";
import { ConceptMentions } from "./shared/concepts.ts";
import type { Omit } from "./shared/records.ts";

export const biocHolds: Capacity = {
  record: "document",
  text: true,
  tokens: false,
  offsets: "code points",
  entities: "all",
  entityTypes: "optional",
  relations: true,
  overlapping: true,
  duplicates: true,
  crossSentence: true,
  discontinuous: true,
  confidence: false,
  ids: true,
  pos: false,
  metadata: false,
};

/** The infons that hold ids of concepts in the corpora and services of the NCBI. */
const conceptInfons = /^(?:identifier|concept_?id|normalized_?id|mesh|omim|ncbi[ _]?gene|ncbi[ _]?taxonomy|database_?id|id)$/i;

/**
 * Makes a document of BioC's pieces of text, annotations and relations.
 *
 * Pieces are joined by a line break, or by a space between sentences, if their offsets leave room.
 * Offsets count code points, UTF-16 units or bytes, whichever match more words. See
 * `ConceptMentions` for relations that name concepts instead of annotations.
 */
export function documentFromBioc(bioc: BiocDocument, options: ReadOptions, omit: Omit): Document {
  const pieces = new BiocPieces(bioc.pieces).inBestUnit(bioc.annotations, options.offsetUnit);
  const bySentence = bioc.pieces.length > 0 && bioc.pieces.every(({ kind }) => kind === "sentence");
  const text = { ...options.text, ...(bySentence ? { sentences: "one" as const } : {}) };
  const spans = bioc.annotations.flatMap((annotation) => placesOf(annotation, pieces) ?? []);
  const inBlocks = (id: string, whole: string, how: TextOptions | undefined): Document =>
    documentFromBlocks(id, whole, pieces.blocks, how);
  const given = { id: bioc.id, text: pieces.text, options: text, plain: inBlocks };
  const { plain, place } = placedText(given, spans, "utf16", omit);
  const entities: Entity[] = [];
  const byId = new Map<string, number[]>();
  const found: { index: number; annotation: BiocAnnotation }[] = [];
  for (const annotation of bioc.annotations) {
    const span = spanOf(annotation, pieces, omit);
    if (span === undefined) continue;
    const index = entities.length;
    const type = annotation.infons.get("type") ?? "";
    entities.push({ ...place(span, annotation.path, annotation.at), type: type === "" ? null : type });
    const known = byId.get(annotation.id);
    if (known === undefined) byId.set(annotation.id, [index]);
    else known.push(index);
    found.push({ index, annotation });
  }
  const document = { ...plain, entities };
  const concepts = new ConceptMentions(document);
  for (const { index, annotation } of found) {
    const others = [...annotation.infons].filter(([name]) => name !== "type");
    for (const [name, value] of others) if (conceptInfons.test(name)) concepts.add(index, value);
    if (others.length > 0) omit(`${annotation.path}.infons`, "only the type of an annotation can be stored", annotation.at);
  }
  if (bioc.hasInfons) omit("infons", "the infons of documents and passages cannot be stored");
  const relationIds = new Set(bioc.relations.map(({ id }) => id));
  const relations = bioc.relations.flatMap((relation): Relation[] =>
    readBiocRelation(relation, { byId, relationIds, concepts, omit }),
  );
  return { ...document, relations };
}

/** From the first to the last character of an annotation whose locations are in the text. */
function placesOf({ locations }: BiocAnnotation, pieces: BiocPieces): Span | undefined {
  const spans = locations.flatMap(({ offset, length }) => pieces.span(offset, length) ?? []);
  if (spans.length === 0 || spans.length < locations.length) return undefined;
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
}

function spanOf(
  { locations, text: words, path, at }: BiocAnnotation,
  pieces: BiocPieces,
  omit: Omit,
): (Span & { text?: string | undefined }) | undefined {
  if (locations.length === 0) {
    omit(path, "the annotation has no location; it was left out", at);
    return undefined;
  }
  const spans = locations
    .map(({ offset, length }) => {
      const span = pieces.span(offset, length);
      if (span !== undefined) return span;
      throw new DataError(length > 0 ? "SPAN_OUTSIDE" : "SPAN_EMPTY", {
        at: within(at, path),
        message:
          length > 0
            ? `the characters ${offset} to ${offset + length} are in no passage`
            : `the location at ${offset} has the length ${length}`,
        hint: "offsets count from the beginning of the document",
      });
    })
    .sort((a, b) => a.start - b.start);
  const connected = spans.slice(1).every(({ start }, index) => !/\S/.test(pieces.text.slice(spans[index]?.end, start)));
  if (!connected) omit(path, `the mention has ${spans.length} pieces; read as one stretch from the first to the last`, at);
  const end = Math.max(...spans.map((span) => span.end));
  return { start: spans[0]?.start ?? 0, end, ...(connected ? { text: words } : {}) };
}

/** The content of a document for a writer: one passage, with offsets in code points. */
export interface PrintableBioc {
  readonly id: string;
  readonly text: string;
  readonly annotations: readonly {
    readonly id: string;
    readonly type: string | null;
    readonly offset: number;
    readonly length: number;
    readonly text: string;
  }[];
  readonly relations: readonly { readonly id: string; readonly type: string; readonly nodes: readonly [string, string] }[];
}

export function printableBioc(document: Document): PrintableBioc {
  const { id, text, entities, relations } = document;
  const unit: OffsetUnit = "codepoint";
  const characters = offsetTranslation(text, unit);
  const at = (offset: number): number => characters.fromUtf16(offset) ?? (characters.fromUtf16(offset - 1) as number);
  return {
    id,
    text,
    annotations: entities.map((entity, index) => {
      const { start, end } = charSpan(document, entity);
      return {
        id: `T${index + 1}`,
        type: entity.type,
        offset: at(start),
        length: at(end) - at(start),
        text: text.slice(start, end),
      };
    }),
    relations: relations.map(({ head, tail, type }, index) => ({
      id: `R${index + 1}`,
      type,
      nodes: [`T${head + 1}`, `T${tail + 1}`],
    })),
  };
}
