import { DataError, type Location } from "../errors.ts";
import {
  charSpan,
  type Document,
  type Entity,
  type Omission,
  type OmissionKind,
  type Relation,
  type Span,
  validateDocument,
} from "../schema/index.ts";
import { documentFromText, type OffsetTranslation, offsetTranslation, type TextOptions } from "../text/index.ts";
import { type BratRelation, type BratSpan, type BratStandoff, parseStandoff } from "./brat-lines.ts";
import { BratSchema, parseBratSchema } from "./brat-schema.ts";
import { FileNames, nameOf } from "./file-names.ts";
import type { Companions, Format, ReadEvent, ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { type CharacterSpan, countAgreeing, detectOffsetUnit, spanPlacer } from "./shared/character-spans.ts";
import { fitDocument } from "./shared/fit.ts";
import { readLineGroups, readWhole, type TextChunks } from "./shared/lines.ts";

const holds: Capacity = {
  record: "document",
  text: true,
  tokens: false,
  offsets: "code points",
  entities: "all",
  entityTypes: "always",
  typeNames: /^[\p{L}\p{N}_-]+$/u,
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

/**
 * brat's standoff format: a folder with `X.txt` and `X.ann` for every document, and
 * `annotation.conf` for the types.
 *
 * Offsets count code points of the whole text, half-open; where the words beside them agree better
 * with UTF-16 units, those are taken. A mention of several pieces becomes the whole stretch between
 * them, which is reported; pieces with nothing but white space between them, as brat writes a
 * mention over a line break, are one. Events, attributes, equivalences, references and notes are
 * reported as omitted, and annotation that `annotation.conf` does not declare, in this folder or
 * one above it, as disagreeing with it.
 */
export const brat: Format = {
  name: "brat",
  title: "brat standoff",
  extensions: [".ann"],
  layout: "folder",
  companions: [".txt", "annotation.conf"],
  holds,

  recognises(beginning, fileName) {
    return looksLikeStandoff(beginning) && !fileName.endsWith(".split.ann");
  },

  read: (chunks, options = {}) => readStandoff(chunks, options, bratFolder),

  async *write(documents) {
    const names = new FileNames();
    const schema = new BratSchema();
    for await (const given of documents) {
      const { records, omissions } = fitDocument(given, holds);
      for (const omission of omissions) yield { kind: "omission", omission };
      const name = names.take(given.id);
      if (name !== given.id)
        yield {
          kind: "omission",
          omission: { source: given.id, path: "id", reason: `the files are called ${JSON.stringify(name)}` },
        };
      for (const document of records) {
        schema.add(document);
        yield { kind: "text", file: `${name}.txt`, text: document.text };
        yield { kind: "text", file: `${name}.ann`, text: printStandoff(document) };
      }
    }
    yield { kind: "text", file: "annotation.conf", text: schema.print() };
  },
};

/** Whether a file begins with a line of brat's. */
export function looksLikeStandoff(beginning: string): boolean {
  const line = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
  return /^(?:T\d+\t\S+ \d+ \d+|R\d+\t\S+ \S+:[TE]\d+ |E\d+\t\S+:T\d+|[AM]\d+\t\S+ [TRE]\d+|N\d+\tReference |\*\t\S+ T\d+|#\d+\t\S+ [A-Z]\d+)/.test(
    line,
  );
}

/** What a form of standoff annotation has of its own. */
export interface StandoffForm {
  /** Of the annotation and of the text beside it. */
  readonly endings: { readonly annotation: string; readonly text: string };
  /** The text with its tokens and sentences. */
  readonly plain: (id: string, text: string, options: TextOptions | undefined) => Document;
}

const bratFolder: StandoffForm = { endings: { annotation: ".ann", text: ".txt" }, plain: documentFromText };

/** Reads one document: the lines of its annotation, and the text beside it. */
export async function* readStandoff(chunks: TextChunks, options: ReadOptions, form: StandoffForm): AsyncGenerator<ReadEvent> {
  const { source } = options;
  const standoff = await parseStandoff(readLineGroups(chunks, source), source);
  for (const omission of standoff.omissions) yield { kind: "omission", omission };
  const { document, omissions } = documentFromStandoff(standoff, await readCompanions(options, form), options, form);
  for (const omission of omissions) yield { kind: "omission", omission };
  const at = { source, line: 1 };
  validateDocument(document, at);
  yield { kind: "document", document, at };
}

interface CompanionFiles {
  /** With its byte order mark, which some tools count as a character. */
  readonly text: string;
  readonly schema: BratSchema;
}

async function readCompanions({ source, companions }: ReadOptions, { endings }: StandoffForm): Promise<CompanionFiles> {
  const chunks = companions?.read(endings.text);
  if (chunks === undefined) {
    throw new DataError("COMPANION_MISSING", {
      at: { source },
      message: `the text of this annotation is not beside it: there is no ${endings.text} file of the same name`,
      hint: `X${endings.text} and X${endings.annotation} stand in one folder; read the folder, or the annotation where its text is`,
    });
  }
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const conf = openSchema(companions);
  return { text: parts.join(""), schema: parseBratSchema(conf === undefined ? "" : await readWhole(conf)) };
}

/**
 * Beside the annotation, or as in brat, in a folder above it; no further one is asked for once it
 * is found.
 */
function openSchema(companions: Companions | undefined): AsyncIterable<string> | undefined {
  for (const folder of ["", "../", "../../", "../../../"]) {
    const found = companions?.read(`${folder}annotation.conf`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function documentFromStandoff(
  standoff: BratStandoff,
  { text: raw, schema }: CompanionFiles,
  options: ReadOptions,
  { endings, plain: plainDocument }: StandoffForm,
): { document: Document; omissions: Omission[] } {
  const { source } = options;
  const omissions: Omission[] = [];
  const omit: BratOmit = (path, reason, { line }, kind) =>
    void omissions.push({ source, line, path, reason, ...(kind === undefined ? {} : { kind }) });
  const text = raw.replace(/^\uFEFF/, "");
  const whole = standoff.spans.filter(({ pieces }) => pieces.length === 1).map(wholeStretch);
  const unit = options.offsetUnit ?? detectOffsetUnit(text, whole, "codepoint");
  const shift = text !== raw && countAgreeing(raw, whole, unit) > countAgreeing(text, whole, unit) ? 1 : 0;
  const plain = plainDocument(nameOf(source, endings.annotation), text, options.text);
  const place = spanPlacer(plain, unit, omit);
  const characters = offsetTranslation(text, unit);
  const entities = standoff.spans.map((span) => {
    const at = { source, line: span.line };
    const moved = { ...span, pieces: span.pieces.map(({ start, end }) => ({ start: start - shift, end: end - shift })) };
    const { start, end, text: words } = wholeStretch(moved);
    const connected = isConnected(moved.pieces, text, characters);
    if (!connected)
      omit(span.id, `the mention has ${span.pieces.length} pieces; taken as the whole stretch from the first to the last`, at);
    const disagreement = schema.disagreementOfEntity(span.type);
    if (disagreement !== undefined) omit(span.id, disagreement, at, "undeclared");
    return { ...place({ start, end, ...(connected ? { text: words } : {}) }, span.id, at), type: span.type };
  });
  const index = new Map(standoff.spans.map(({ id }, index) => [id, index]));
  const relations = standoff.relations.flatMap((relation) =>
    readRelation(relation, { entities, index, standoff, schema, omit, source }),
  );
  return { document: { ...plain, entities, relations }, omissions };
}

type BratOmit = (path: string, reason: string, at: Location, kind?: OmissionKind) => void;

function wholeStretch({ pieces, text }: Pick<BratSpan, "pieces" | "text">): CharacterSpan {
  return { start: Math.min(...pieces.map(({ start }) => start)), end: Math.max(...pieces.map(({ end }) => end)), text };
}

/** Whether nothing but white space lies between the pieces. */
function isConnected(pieces: readonly Span[], text: string, characters: OffsetTranslation): boolean {
  return pieces.slice(1).every(({ start }, index) => {
    const [from, to] = [characters.toUtf16(pieces[index]?.end ?? 0), characters.toUtf16(start)];
    return from !== undefined && to !== undefined && from <= to && !/\S/.test(text.slice(from, to));
  });
}

interface Read {
  readonly entities: readonly Entity[];
  /** Of a mention's id among the entities. */
  readonly index: ReadonlyMap<string, number>;
  readonly standoff: BratStandoff;
  readonly schema: BratSchema;
  readonly omit: BratOmit;
  readonly source: string | undefined;
}

function readRelation(
  { id, type, ends, line }: BratRelation,
  { entities, index, standoff, schema, omit, source }: Read,
): Relation[] {
  const at = { source, line, path: id };
  const ordered = schema.order(type, ends);
  const other = ordered.find(({ target }) => standoff.otherIds.has(target));
  if (other !== undefined) {
    omit(id, `${other.target} is no mention, and Weft holds relations between mentions`, at);
    return [];
  }
  const roles = ordered.map(({ role }) => role);
  if (roles.some((role, place) => role !== `Arg${place + 1}`)) {
    omit(id, `the roles ${roles.join(" and ")} have no place; the first is the head, the second the tail`, at);
  }
  const [head, tail] = ordered.map(({ role, target }) => {
    const found = index.get(target);
    if (found !== undefined) return found;
    const message = `${role} names ${target}, but no line of this file defines it`;
    throw new DataError("RELATION_END_MISSING", {
      at,
      message,
      hint: "a relation names mentions of its own .ann file by their T number",
    });
  }) as [number, number];
  const [first, second] = [entities[head] as Entity, entities[tail] as Entity];
  const disagreement = schema.disagreementOfRelation(type, first.type ?? "", second.type ?? "");
  if (disagreement !== undefined) omit(id, disagreement, at, "undeclared");
  const turned = schema.isSymmetric(type) && first.start > second.start;
  if (turned) omit(id, `${JSON.stringify(type)} is symmetric; the end that comes first in the text was made its head`, at);
  return [turned ? { head: tail, tail: head, type } : { head, tail, type }];
}

function printStandoff(document: Document): string {
  const characters = offsetTranslation(document.text, "codepoint");
  const at = (offset: number): number => characters.fromUtf16(offset) ?? (characters.fromUtf16(offset - 1) as number);
  const mentions = document.entities.map((entity, index) => {
    const pieces = lineSpans(document.text, charSpan(document, entity));
    const offsets = pieces.map(({ start, end }) => `${at(start)} ${at(end)}`).join(";");
    const words = pieces.map(({ start, end }) => document.text.slice(start, end)).join(" ");
    return `T${index + 1}\t${entity.type} ${offsets}\t${words}\n`;
  });
  const relations = document.relations.map(
    ({ head, tail, type }, index) => `R${index + 1}\t${type} Arg1:T${head + 1} Arg2:T${tail + 1}\n`,
  );
  return [...mentions, ...relations].join("");
}

/**
 * A mention may not hold a line break, so it gets a piece a line, each without the spaces around
 * it.
 */
function lineSpans(text: string, { start, end }: Span): Span[] {
  return Array.from(text.slice(start, end).matchAll(/\S(?:[^\n\r]*\S)?/g), ({ 0: piece, index }) => ({
    start: start + index,
    end: start + index + piece.length,
  }));
}
