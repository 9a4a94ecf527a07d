import { DataError, type Location } from "../errors.ts";
import { charSpan, type Document, type Entity } from "../schema/index.ts";
import { documentFromBlocks, offsetTranslation, type TextOptions } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { type CharacterSpan, detectOffsetUnit, placedText } from "./shared/character-spans.ts";
import { ConceptMentions, isNoConcept } from "./shared/concepts.ts";
import { type Line, readLineGroups } from "./shared/lines.ts";
import { checkHeld, fittedRecords, type Omit, recordEvents } from "./shared/records.ts";

/**
 * PubTator's text format, as in BioCreative V CDR and BioRED: title, abstract, mentions with ids of
 * concepts, and relations between concepts.
 *
 * Title and abstract are one text with a line break between them; offsets count code points. See
 * `ConceptMentions` for the relations. A mention written by Weft has an id of its own, `T1` for the
 * first, so a relation between mentions comes back as it was.
 */
export const pubtator: Format = {
  name: "pubtator",
  title: "PubTator",
  extensions: [".pubtator"],
  holds: {
    record: "document",
    text: true,
    lineBreaks: false,
    tokens: false,
    offsets: "code points",
    entities: "all",
    entityTypes: "always",
    typeNames: /^[^\t\r\n]+$/u,
    relations: true,
    overlapping: true,
    duplicates: true,
    crossSentence: true,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises(beginning) {
    const line = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
    return textLine.exec(line)?.[2] === "t";
  },

  async *read(chunks, options = {}) {
    const { source } = options;
    let lines: Line[] = [];
    let held = 0;
    for await (const group of readLineGroups(chunks, source)) {
      for (const line of group) {
        const blank = line.text.trim() === "";
        if (lines.length > 0 && (blank || textLine.exec(line.text)?.[2] === "t")) {
          yield* readBlock(lines, options);
          lines = [];
          held = 0;
        }
        if (blank) continue;
        held += line.text.length;
        checkHeld(held, { source, line: line.number });
        lines.push(line);
      }
    }
    if (lines.length > 0) yield* readBlock(lines, options);
  },

  async *write(documents) {
    for await (const { record, omit, omissions } of fittedRecords(documents, pubtator)) {
      const text = printDocument(record, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

/** `PMID|t|title` and `PMID|a|abstract`. */
const textLine = /^([^|\t]+)\|([ta])\|(.*)$/;

interface Mention extends CharacterSpan {
  readonly type: string;
  readonly concepts: string;
  readonly at: Location;
}

interface ConceptRelation {
  readonly type: string;
  readonly ids: readonly [string, string];
  readonly at: Location;
}

function* readBlock(lines: readonly Line[], options: ReadOptions) {
  const at = { source: options.source, line: lines[0]?.number };
  yield* recordEvents(at, (omit) => readDocument(lines, options, omit), options.onInvalid);
}

function readDocument(lines: readonly Line[], options: ReadOptions, omit: Omit): Document {
  const { source } = options;
  const [id, title] = readText(lines[0] as Line, "t", undefined, source);
  const hasAbstract = textLine.test(lines[1]?.text ?? "");
  const abstract = hasAbstract ? readText(lines[1] as Line, "a", id, source)[1] : "";
  const blocks = [{ start: 0, end: title.length }];
  if (abstract !== "") blocks.push({ start: title.length + 1, end: title.length + 1 + abstract.length });
  const text = abstract === "" ? title : `${title}\n${abstract}`;
  const mentions: Mention[] = [];
  const relations: ConceptRelation[] = [];
  for (const line of lines.slice(hasAbstract ? 2 : 1)) {
    const at = { source, line: line.number };
    const [of, ...columns] = line.text.split("\t") as [string, ...string[]];
    if (of !== id) throw invalid(at, `expected the document ${JSON.stringify(id)} in the first column, found ${shown(of)}`);
    if (/^\d+$/.test(columns[0] ?? "") && /^\d+$/.test(columns[1] ?? "")) mentions.push(readMention(columns, at, omit));
    else relations.push(readRelation(columns, at, omit));
  }
  const unit = options.offsetUnit ?? detectOffsetUnit(text, mentions, "codepoint");
  const inBlocks = (name: string, whole: string, how: TextOptions | undefined): Document =>
    documentFromBlocks(name, whole, blocks, how);
  const { plain, place } = placedText({ id, text, options: options.text, plain: inBlocks }, mentions, unit, omit);
  const entities = mentions.map((mention): Entity => ({ ...place(mention, "mention", mention.at), type: mention.type }));
  const document = { ...plain, entities };
  const concepts = new ConceptMentions(document);
  for (const [index, mention] of mentions.entries()) {
    concepts.add(index, mention.concepts);
    if (isNoConcept(mention.concepts) || mention.concepts === `T${index + 1}`) continue;
    omit("concept", "Weft has no ids of concepts", mention.at);
  }
  return {
    ...document,
    relations: relations.flatMap(({ ids, type, at }) =>
      concepts.relations(ids, type, "relation", (path, reason) => omit(path, reason, at)),
    ),
  };
}

function readText({ text, number }: Line, kind: "t" | "a", id: string | undefined, source: string | undefined): [string, string] {
  const at = { source, line: number };
  const [, of, found, words] = textLine.exec(text) ?? [];
  if (of === undefined || found !== kind || words === undefined) {
    const expected = kind === "t" ? "ID|t|title" : "ID|a|abstract";
    throw invalid(at, `expected ${expected}, found ${shown(text)}`, "a document starts with its title and its abstract");
  }
  if (id !== undefined && of !== id) throw invalid(at, `expected the document ${JSON.stringify(id)}, found ${shown(of)}`);
  return [of, words];
}

function readMention(
  [start = "", end = "", text, type = "", concepts = "", parts = ""]: string[],
  at: Location,
  omit: Omit,
): Mention {
  if (text === undefined || type === "") {
    throw invalid(at, "expected ID, start, end, words, type and concept between tabs, found too few columns");
  }
  if (parts.trim() !== "") omit("mention", "the parts of a composite mention cannot be stored; it was read whole", at);
  return { start: Number(start), end: Number(end), text, type, concepts: concepts.trim(), at };
}

function readRelation([type = "", first = "", second = "", ...more]: string[], at: Location, omit: Omit): ConceptRelation {
  if (type === "" || first === "" || second === "") {
    throw invalid(at, "expected a mention (ID, start, end, words, type, concept) or a relation (ID, type, concept, concept)");
  }
  if (more.some((column) => column.trim() !== "")) omit("relation", "whether the relation is new cannot be stored", at);
  return { type, ids: [first.trim(), second.trim()], at };
}

function invalid(at: Location, message: string, hint?: string): DataError {
  return new DataError("FIELD_INVALID", { at, message, ...(hint === undefined ? {} : { hint }) });
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function printDocument(document: Document, omit: Omit): string {
  const { text, entities, relations } = document;
  const id = document.id.trim() === "" ? "document" : document.id.replace(/[|\t\r\n]/g, "_");
  if (id !== document.id) omit("id", `the format does not allow this id; it is written as ${JSON.stringify(id)}`);
  const end = text.indexOf("\n");
  const [title, abstract] = (end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)]).map(oneLine) as [string, string];
  const characters = offsetTranslation(text, "codepoint");
  const at = (offset: number): number => characters.fromUtf16(offset) ?? (characters.fromUtf16(offset - 1) as number);
  const related = new Set(relations.flatMap(({ head, tail }) => [head, tail]));
  const rows = [
    ...entities.map((entity, index) => {
      const span = charSpan(document, entity);
      const words = oneLine(text.slice(span.start, span.end)).replaceAll("\t", " ");
      return [at(span.start), at(span.end), words, entity.type, related.has(index) ? `T${index + 1}` : "-"];
    }),
    ...relations.map(({ head, tail, type }) => [type, `T${head + 1}`, `T${tail + 1}`]),
  ];
  return `${id}|t|${title}\n${id}|a|${abstract}\n${rows.map((row) => `${[id, ...row].join("\t")}\n`).join("")}\n`;
}

/** Each line break becomes a space, so that no offset moves. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, " ");
}
