import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import type { Document, Entity, Relation, Span, Token } from "../schema/index.ts";
import { documentFromText, type OffsetUnit, offsetTranslation, splitSentences, type TextOptions } from "../text/index.ts";
import { Labels, type Structure } from "./cas-json-labels.ts";
import { exportedName } from "./file-names.ts";
import type { ReadOptions } from "./format.ts";
import { spanPlacer } from "./shared/character-spans.ts";
import { layers, marksMentions, shortName } from "./shared/layers.ts";
import type { Omit } from "./shared/records.ts";

/** An annotation that lies in the text, in the file's own unit. */
interface Annotation extends Structure, Span {}

/**
 * Refuses the older JSON of UIMA, which cannot be read back.
 *
 * @throws {DataError} FIELD_INVALID
 */
export function refuseLegacy(fields: Fields, at: Location): void {
  if (fields["_views"] === undefined && fields["_context"] === undefined) return;
  throw new DataError("FIELD_INVALID", {
    at,
    message: "this is UIMA CAS JSON in its legacy form, with _views",
    hint: "export the documents as UIMA CAS JSON 0.4, or as WebAnno TSV v3.3",
  });
}

/** Makes a document of a file's feature structures. Reports what Weft cannot store. */
export function documentFromCas(fields: Fields, at: Location, options: ReadOptions, omit: Omit): Document | undefined {
  const structures = readStructures(fields["%FEATURE_STRUCTURES"], at);
  const byId = new Map(structures.map((structure) => [structure.id, structure]));
  const sofa = chooseSofa(structures, fields["%VIEWS"], at, omit);
  if (sofa === undefined) return undefined;
  const text = asString(sofa.fields["sofaString"], at, `${sofa.path}.sofaString`);
  const inText = structures.filter(({ fields }) => (fields["@sofa"] ?? sofa.id) === sofa.id);
  const annotations = inText.flatMap((structure) => readPlace(structure, at));
  const ofType = (type: string): Annotation[] => annotations.filter((each) => each.type === type);
  const unit = options.offsetUnit ?? statedUnit(fields["%HEADER"]) ?? detectUnit(text, annotations);
  const { id, metadata } = exportedName(at.source, ".json", titleOf(structures));
  const tokens = ofType(layers.token);
  const plain =
    tokens.length === 0
      ? documentFromText(id, text, options.text)
      : tokenised(id, text, tokens, ofType(layers.sentence), unit, byId, at, options.text);
  const isRelation = ({ fields }: Structure): boolean => "@Governor" in fields || "@Dependent" in fields;
  const marked = annotations.filter((each) => marksMentions(each.type) && !isRelation(each));
  const place = spanPlacer(plain, unit, omit);
  const labels = new Labels(structures, fields["%TYPES"], byId, omit);
  const entities: Entity[] = [];
  const places = new Map<number, number>();
  for (const each of marked) {
    const type = labels.of(each, at);
    if (each.start === each.end) omit(each.path, "the annotation covers no characters; it was left out");
    else places.set(each.id, entities.push({ ...place(each, each.path, at), type }) - 1);
  }
  const relations: Relation[] = [];
  const link = (head: unknown, tail: unknown, type: string | null, path: string): void => {
    const ends = [head, tail].map((end) => findEnd(end, places, byId, path, at, omit));
    const [first, second] = ends;
    if (first === undefined || second === undefined) return;
    if (type === null) omit(path, "the relation has no label; it was left out");
    else relations.push({ head: first, tail: second, type });
  };
  for (const each of inText.filter(isRelation)) {
    if (marksMentions(each.type)) link(each.fields["@Governor"], each.fields["@Dependent"], labels.of(each, at), each.path);
  }
  for (const host of marked) for (const { role, target, path } of linksOf(host, byId, at)) link(host.id, target, role, path);
  reportLayers(annotations, omit);
  return { ...plain, metadata, ...posOf(tokens, ofType(layers.pos), byId), entities, relations };
}

function readStructures(value: unknown, at: Location): Structure[] {
  const name = "%FEATURE_STRUCTURES";
  const items: [string | undefined, unknown][] = Array.isArray(value)
    ? value.map((item: unknown) => [undefined, item])
    : Object.entries(asObject(value, at, name));
  const seen = new Set<number>();
  return items.map(([key, item], index) => {
    const path = `${name}[${key ?? index}]`;
    const fields = asObject(item, at, path);
    const id = key === undefined ? asNumber(fields["%ID"], at, `${path}.%ID`) : Number(key);
    if (seen.has(id))
      throw new DataError("FIELD_INVALID", { at: within(at, path), message: `another structure has the id ${id}` });
    seen.add(id);
    return { id, type: asString(fields["%TYPE"], at, `${path}.%TYPE`), fields, path };
  });
}

/** The text of the initial view; reports annotation of other texts. */
function chooseSofa(structures: readonly Structure[], views: unknown, at: Location, omit: Omit): Structure | undefined {
  const sofas = structures.filter(({ type, fields }) => type === "uima.cas.Sofa" && typeof fields["sofaString"] === "string");
  const initial = sofas.find(({ fields }) => fields["sofaID"] === "_InitialView");
  const chosen = initial ?? sofas[0];
  for (const other of sofas) {
    if (other !== chosen) omit(other.path, "a document has one text in Weft; this view was left out");
  }
  if (chosen !== undefined) return chosen;
  if (structures.length === 0 && views === undefined) return undefined;
  const message = "the file has no text: no structure of the type uima.cas.Sofa with a sofaString";
  throw new DataError("FIELD_MISSING", { at: within(at, "%FEATURE_STRUCTURES"), message });
}

/** The place of an annotation; nothing for a structure that has none. */
function readPlace(structure: Structure, at: Location): Annotation[] {
  const { fields, path, type } = structure;
  const [begin, end] = [fields["begin"] ?? fields["^begin"], fields["end"] ?? fields["^end"]];
  if (type === "uima.cas.Sofa" || (begin === undefined && end === undefined)) return [];
  return [{ ...structure, start: asNumber(begin, at, `${path}.begin`), end: asNumber(end, at, `${path}.end`) }];
}

/** The unit that the header states, under whatever name a writer gives it. */
function statedUnit(header: unknown): OffsetUnit | undefined {
  if (typeof header !== "object" || header === null) return undefined;
  for (const [name, value] of Object.entries(header)) {
    if (!/offset|encoding/i.test(name) || typeof value !== "string") continue;
    if (/utf-?16/i.test(value)) return "utf16";
    if (/utf-?32|code-? ?point/i.test(value)) return "codepoint";
  }
  return undefined;
}

/**
 * Offsets count UTF-16 units unless more spans end at the edges of words with code points. The
 * annotation of the whole document tells most: its end is the length of the text.
 */
function detectUnit(text: string, annotations: readonly Annotation[]): OffsetUnit {
  if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) return "utf16";
  const [codepoint, utf16] = (["codepoint", "utf16"] as const).map((unit) => {
    const characters = offsetTranslation(text, unit);
    return annotations.reduce((count, { start, end, type }) => {
      const [from, to] = [characters.toUtf16(start), characters.toUtf16(end)];
      if (from === undefined || to === undefined || from >= to) return count;
      if (/Document(?:Annotation|MetaData)$/.test(type)) return count + (to === text.length ? annotations.length : 0);
      return count + Number(isEdge(text, from)) + Number(isEdge(text, to));
    }, 0);
  }) as [number, number];
  return codepoint > utf16 ? "codepoint" : "utf16";
}

/** Whether a word begins or ends here: only one side is part of a word. */
function isEdge(text: string, index: number): boolean {
  const inWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);
  return inWord(text.charAt(index - 1)) !== inWord(text.charAt(index));
}

function titleOf(structures: readonly Structure[]): string | undefined {
  const fields = structures.find(({ type }) => type === layers.documentMetaData)?.fields;
  const title = fields?.["documentTitle"] ?? fields?.["documentId"];
  return typeof title === "string" && title !== "" ? title : undefined;
}

function tokenised(
  id: string,
  text: string,
  given: readonly Annotation[],
  sentences: readonly Annotation[],
  unit: OffsetUnit,
  byId: ReadonlyMap<number, Structure>,
  at: Location,
  options: TextOptions | undefined,
): Document {
  const characters = offsetTranslation(text, unit);
  const tokens = given
    .filter(({ start, end }) => start !== end)
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, path, fields }): Token => {
      const [from, to] = [characters.toUtf16(start), characters.toUtf16(end)];
      if (from === undefined || to === undefined) {
        const message = `the characters ${start} to ${end} are not in the text, which has ${characters.fromUtf16(text.length)}`;
        throw new DataError("SPAN_OUTSIDE", { at: within(at, path), message });
      }
      const form = byId.get(Number(fields["@form"]))?.fields["value"];
      return { text: typeof form === "string" && form !== "" ? form : text.slice(from, to), start: from, end: to };
    });
  const starts = sentences.map(({ start }) => characters.toUtf16(start) ?? text.length).toSorted((a, b) => a - b);
  const spans = starts.length === 0 ? splitSentences(text, tokens, options) : sentenceSpans(tokens, starts);
  return { id, text, tokens, sentences: spans, entities: [], relations: [], metadata: {} };
}

/** A sentence begins with the first token at or after each start. */
function sentenceSpans(tokens: readonly Token[], starts: readonly number[]): Span[] {
  const bounds = new Set([0, tokens.length]);
  let next = 0;
  for (const [index, { start }] of tokens.entries()) {
    if ((starts[next] ?? Number.POSITIVE_INFINITY) > start) continue;
    bounds.add(index);
    while ((starts[next] ?? Number.POSITIVE_INFINITY) <= start) next++;
  }
  const ordered = [...bounds].toSorted((a, b) => a - b);
  return ordered.slice(1).map((end, index) => ({ start: ordered[index] as number, end }));
}

function posOf(
  tokens: readonly Annotation[],
  marks: readonly Annotation[],
  byId: ReadonlyMap<number, Structure>,
): { pos?: string[] } {
  const atPlace = new Map(marks.map((mark) => [`${mark.start} ${mark.end}`, mark]));
  const tags = tokens
    .filter(({ start, end }) => start !== end)
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, fields }) => {
      const mark = byId.get(Number(fields["@pos"])) ?? atPlace.get(`${start} ${end}`);
      const tag = mark?.fields["PosValue"] ?? mark?.fields["coarseValue"];
      return typeof tag === "string" ? tag : undefined;
    });
  return tags.some((tag) => tag !== undefined) ? { pos: tags.map((tag) => tag ?? "") } : {};
}

/** The links of an annotation to others: arrays of structures with a role and a target. */
function linksOf(host: Structure, byId: ReadonlyMap<number, Structure>, at: Location) {
  return Object.entries(host.fields).flatMap(([key, value]) => {
    const elements = key.startsWith("@") && typeof value === "number" ? byId.get(value)?.fields["%ELEMENTS"] : undefined;
    if (!Array.isArray(elements)) return [];
    return asList(elements, at, key).flatMap((element) => {
      const link = typeof element === "number" ? byId.get(element) : undefined;
      const target = link?.fields["@target"];
      if (link === undefined || target === undefined) return [];
      const { role } = link.fields;
      return [{ role: typeof role === "string" && role !== "" ? role : key.slice(1), target, path: link.path }];
    });
  });
}

function findEnd(
  value: unknown,
  places: ReadonlyMap<number, number>,
  byId: ReadonlyMap<number, Structure>,
  path: string,
  at: Location,
  omit: Omit,
): number | undefined {
  const id = asNumber(value, at, path);
  const found = places.get(id);
  if (found !== undefined) return found;
  const structure = byId.get(id);
  if (structure !== undefined) {
    const reason = `the relation ends at a ${shortName(structure.type)}, which is no mention; it was left out`;
    omit(path, reason);
    return undefined;
  }
  const message = `the relation names the structure ${id}, which the file does not have`;
  throw new DataError("RELATION_END_MISSING", { at: within(at, path), message });
}

/** Layers that are no part of a document here, each once. */
function reportLayers(annotations: readonly Annotation[], omit: Omit): void {
  const stored = new Set<string>([...Object.values(layers), "uima.tcas.DocumentAnnotation"]);
  const seen = new Set<string>();
  for (const { type } of annotations) {
    if (marksMentions(type) || stored.has(type) || seen.has(type) || /\.api\.(?:metadata\.)?type\./.test(type)) continue;
    seen.add(type);
    omit(type, "Weft cannot store this layer; it was left out");
  }
}
