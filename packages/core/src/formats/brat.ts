import { DataError, type Location } from "../errors.ts";
import {
  charSpan,
  type Document,
  type Entity,
  type Note,
  notesOf,
  type Omission,
  type OmissionKind,
  type Relation,
  type Span,
  validateDocument,
  withNotes,
} from "../schema/index.ts";
import { documentFromText, offsetTranslation, type TextOptions } from "../text/index.ts";
import { type BratRelation, type BratStandoff, parseStandoff } from "./brat-lines.ts";
import { type BratPlace, bratPlaces } from "./brat-places.ts";
import { BratSchema, parseBratSchema } from "./brat-schema.ts";
import { FileNames, nameOf } from "./file-names.ts";
import type { Companions, Format, ReadEvent, ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { placedText } from "./shared/character-spans.ts";
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
 * Offsets count code points of the whole text, half-open, unless the words next to them match
 * better with another count (`bratPlaces`), and the words decide. A discontinuous mention becomes
 * the whole stretch from its first to its last piece, which is reported; pieces separated only by
 * white space, as brat writes a mention across a line break, are one mention. Notes of annotators
 * are the document's (`notesOf`); brat has them on mentions and relations only, so one on the whole
 * document is written on its first mention. Events, attributes, equivalences, references and other
 * notes are reported as omitted. Annotation that `annotation.conf` (in
 * this folder or one above it) does not declare is reported as undeclared.
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
      const notes = notesOf(given);
      const { records, omissions } = fitDocument(withNotes(given, []), holds);
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
        const printed = printNotes(notes, document);
        for (const omission of printed.omissions) yield { kind: "omission", omission };
        yield { kind: "text", file: `${name}.ann`, text: printStandoff(document) + printed.text };
      }
    }
    yield { kind: "text", file: "annotation.conf", text: schema.print() };
  },
};

/** Whether a file starts with a line in brat's format. */
export function looksLikeStandoff(beginning: string): boolean {
  const line = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
  return /^(?:T\d+\t\S+ \d+ \d+|R\d+\t\S+ \S+:[TE]\d+ |E\d+\t\S+:T\d+|[AM]\d+\t\S+ [TRE]\d+|N\d+\tReference |\*\t\S+ T\d+|#\d+\t\S+ [A-Z]\d+)/.test(
    line,
  );
}

/** The parts that vary between forms of standoff annotation. */
export interface StandoffForm {
  /** The file name endings of the annotation and of its text. */
  readonly endings: { readonly annotation: string; readonly text: string };
  /** Tokenises the text and splits it into sentences. */
  readonly plain: (id: string, text: string, options: TextOptions | undefined) => Document;
}

const bratFolder: StandoffForm = { endings: { annotation: ".ann", text: ".txt" }, plain: documentFromText };

/** Reads one document from the lines of its annotation and the text file next to it. */
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
  /** Includes the byte order mark, which some tools count as a character. */
  readonly text: string;
  readonly schema: BratSchema;
}

async function readCompanions({ source, companions }: ReadOptions, { endings }: StandoffForm): Promise<CompanionFiles> {
  const chunks = companions?.read(endings.text);
  if (chunks === undefined) {
    throw new DataError("COMPANION_MISSING", {
      at: { source },
      message: `the text of this annotation is missing: there is no ${endings.text} file of the same name next to it`,
      hint: `put X${endings.text} and X${endings.annotation} in one folder, and read the folder or the annotation there`,
    });
  }
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const conf = openSchema(companions);
  return { text: parts.join(""), schema: parseBratSchema(conf === undefined ? "" : await readWhole(conf)) };
}

/**
 * Looks next to the annotation, then in the folders above it, as brat does. Stops at the first file
 * found.
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
  const omit: BratOmit = (path, reason, { line }, kind, rule) => {
    const what = { ...(kind === undefined ? {} : { kind }), ...(rule === undefined ? {} : { rule }) };
    omissions.push({ source, line, path, reason, ...what });
  };
  const text = raw.replace(/^\uFEFF/, "");
  const found = bratPlaces(raw, standoff.spans, options.offsetUnit, source);
  const stretches = found.map(({ pieces }) => wholeStretch(pieces));
  const given = { id: nameOf(source, endings.annotation), text, options: options.text, plain: plainDocument };
  const { plain, place } = placedText(given, stretches, "utf16", omit);
  const entities = standoff.spans.map((span, index) => {
    const at = { source, line: span.line };
    const { pieces, disagreement: moved } = found[index] as BratPlace;
    if (moved !== undefined) omit(span.id, moved, at, "disagreeing");
    if (!isConnected(pieces, text))
      omit(span.id, `the mention has ${pieces.length} pieces; read as one stretch from the first to the last`, at);
    const disagreement = schema.disagreementOfEntity(span.type);
    if (disagreement !== undefined) omit(span.id, disagreement, at, "undeclared");
    return { ...place(stretches[index] as Span, span.id, at), type: span.type };
  });
  const index = new Map(standoff.spans.map(({ id }, index) => [id, index]));
  /** Relation index by id. */
  const kept = new Map<string, number>();
  const relations = standoff.relations.flatMap((relation) => {
    const read = readRelation(relation, { entities, index, standoff, schema, omit, source });
    if (read.length > 0) kept.set(relation.id, kept.size);
    return read;
  });
  return { document: withNotes({ ...plain, entities, relations }, readNotes(standoff, index, kept, omit, source)), omissions };
}

function readNotes(
  { notes }: BratStandoff,
  entities: ReadonlyMap<string, number>,
  relations: ReadonlyMap<string, number>,
  omit: BratOmit,
  source: string | undefined,
): Note[] {
  return notes.flatMap(({ id, target, text, line }): Note[] => {
    const [entity, relation] = [entities.get(target), relations.get(target)];
    if (entity !== undefined) return [{ text, entity }];
    if (relation !== undefined) return [{ text, relation }];
    omit(id, `it is about ${target}, which is not among what was read`, { source, line });
    return [];
  });
}

/** Notes as lines; `fitDocument` moves no entity and no relation of a document for brat. */
function printNotes(notes: readonly Note[], { id, entities, relations }: Document): { text: string; omissions: Omission[] } {
  const omissions: Omission[] = [];
  const lines = notes.map(({ text, entity, relation }, index) => {
    const path = `notes[${index}]`;
    const target = relation !== undefined && relation < relations.length ? `R${relation + 1}` : `T${(entity ?? 0) + 1}`;
    if (entities.length <= (entity ?? 0)) {
      omissions.push({ source: id, path, reason: "brat has notes on mentions and relations only, and there is none" });
      return "";
    }
    if (/[\r\n]/.test(text)) omissions.push({ source: id, path, reason: "line breaks of the note became spaces" });
    return `#${index + 1}\tAnnotatorNotes ${target}\t${text.replace(/\s*[\r\n]+\s*/g, " ")}\n`;
  });
  return { text: lines.join(""), omissions };
}

type BratOmit = (path: string, reason: string, at: Location, kind?: OmissionKind, rule?: string) => void;

function wholeStretch(pieces: readonly Span[]): Span {
  return { start: Math.min(...pieces.map(({ start }) => start)), end: Math.max(...pieces.map(({ end }) => end)) };
}

/** Whether only white space separates the pieces. */
function isConnected(pieces: readonly Span[], text: string): boolean {
  return pieces.slice(1).every(({ start }, index) => {
    const from = pieces[index]?.end ?? 0;
    return from <= start && !/\S/.test(text.slice(from, start));
  });
}

interface Read {
  readonly entities: readonly Entity[];
  /** Entity index by mention id. */
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
    omit(id, `${other.target} is not a mention, and Weft holds only relations between mentions`, at);
    return [];
  }
  const roles = ordered.map(({ role }) => role);
  if (roles.some((role, place) => role !== `Arg${place + 1}`)) {
    omit(id, `the roles ${roles.join(" and ")} cannot be stored; the first is the head, the second the tail`, at);
  }
  const [head, tail] = ordered.map(({ role, target }) => {
    const found = index.get(target);
    if (found !== undefined) return found;
    const message = `${role} names ${target}, but no line of this file defines it`;
    throw new DataError("RELATION_END_MISSING", {
      at,
      message,
      hint: "relations name mentions in the same .ann file by their T number",
    });
  }) as [number, number];
  const [first, second] = [entities[head] as Entity, entities[tail] as Entity];
  const disagreement = schema.disagreementOfRelation(type, first.type ?? "", second.type ?? "");
  if (disagreement !== undefined) omit(id, disagreement, at, "undeclared");
  const turned = schema.isSymmetric(type) && first.start > second.start;
  if (turned) omit(id, `${JSON.stringify(type)} is symmetric; the end that comes first in the text became the head`, at);
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

/** One span per line, without surrounding spaces, because a mention cannot contain a line break. */
function lineSpans(text: string, { start, end }: Span): Span[] {
  return Array.from(text.slice(start, end).matchAll(/\S(?:[^\n\r]*\S)?/g), ({ 0: piece, index }) => ({
    start: start + index,
    end: start + index + piece.length,
  }));
}
