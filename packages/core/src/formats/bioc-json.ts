import type { Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import { biocHolds, documentFromBioc, type PrintableBioc, printableBioc } from "./bioc-document.ts";
import type { BiocAnnotation, BiocDocument, BiocPiece, BiocRelation } from "./bioc-parts.ts";
import type { Format } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { firstFields, fittedRecords, readJsonRecords, recordEvents } from "./shared/records.ts";

/**
 * BioC as JSON: a collection with `documents`, a list of collections as PubMed Central's service
 * gives it, the answer of PubTator 3, or one document per line. Read and written like BioC XML.
 */
export const biocJson: Format = {
  name: "bioc-json",
  title: "BioC JSON",
  extensions: [".json", ".jsonl"],
  holds: biocHolds,

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    if (fields !== undefined) return isCollection(fields) || isDocument(fields);
    if (!/^(?:\[\s*)?\{/.test(beginning.replace(/^\uFEFF/, "").trimStart())) return false;
    // A collection is one value, and its beginning is not all of it.
    return /"passages"\s*:\s*\[/.test(beginning) && /"(?:offset|infons)"\s*:/.test(beginning);
  },

  async *read(chunks, options = {}) {
    let index = 0;
    for await (const { fields, at } of readJsonRecords(chunks, options.source, options.onInvalid)) {
      for (const { value, path } of documentsOf(fields, at)) {
        const number = ++index;
        const here = within(at, path);
        yield* recordEvents(
          here,
          (omit) => documentFromBioc(readDocument(asObject(value, here, ""), here, number), options, omit),
          options.onInvalid,
        );
      }
    }
  },

  async *write(documents) {
    let separator = '{"source":"Weft","date":"","key":"","infons":{},"documents":[\n';
    for await (const { record, omissions } of fittedRecords(documents, biocJson)) {
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text: `${separator}${JSON.stringify(printDocument(printableBioc(record)))}` };
      separator = ",\n";
    }
    yield { kind: "text", text: separator === ",\n" ? "\n]}\n" : `${separator}]}\n` };
  },
};

const listNames = ["documents", "PubTator3"];

function isCollection(fields: Fields): boolean {
  return listNames.some((name) => {
    const list = fields[name];
    if (!Array.isArray(list)) return false;
    const first = firstFields(list[0]);
    return first === undefined ? list.length === 0 && typeof fields["source"] === "string" : isDocument(first);
  });
}

function isDocument(fields: Fields): boolean {
  const passages = fields["passages"];
  if (!Array.isArray(passages)) return false;
  const first = firstFields(passages[0]);
  return first === undefined ? passages.length === 0 : "offset" in first;
}

function documentsOf(fields: Fields, at: Location): readonly { value: unknown; path: string }[] {
  const name = listNames.find((each) => fields[each] !== undefined);
  if (name === undefined) return [{ value: fields, path: "" }];
  return asList(fields[name], at, name).map((value, index) => ({ value, path: `${name}[${index}]` }));
}

const lists = { annotations: "list", relations: "list" } as const;
const documentNames = new FieldNames({ passages: "list", ...lists }, ["id", "pmid", "infons", "relations_display"]);
const passageNames = new FieldNames({ offset: "number", text: "text", sentences: "list", ...lists }, ["infons"]);
const sentenceNames = new FieldNames({ offset: "number", text: "text", ...lists }, ["infons"]);
const annotationNames = new FieldNames({ infons: "object", text: "text", locations: "list" }, ["id"]);
const locationNames = new FieldNames({ offset: "number", length: "number" });
const relationNames = new FieldNames({ infons: "object", nodes: "list" }, ["id"]);
const nodeNames = new FieldNames({ refid: "id", role: "text" });
const namesIn: Readonly<Record<string, FieldNames>> = {
  passages: passageNames,
  sentences: sentenceNames,
  annotations: annotationNames,
  locations: locationNames,
  relations: relationNames,
  nodes: nodeNames,
};

function readDocument(fields: Fields, at: Location, number: number): BiocDocument {
  documentNames.check(fields, at);
  const pieces: BiocPiece[] = [];
  const annotations: BiocAnnotation[] = [];
  const relations: BiocRelation[] = [];
  const list = (parent: Fields, name: string, path: string): { fields: Fields; path: string }[] =>
    parent[name] === undefined || parent[name] === null
      ? []
      : asList(parent[name], at, joined(path, name)).map((item, index) => {
          const where = `${joined(path, name)}[${index}]`;
          const inner = asObject(item, at, where);
          namesIn[name]?.check(inner, at, where);
          return { fields: inner, path: where };
        });
  const collect = (parent: Fields, path: string): void => {
    for (const item of list(parent, "annotations", path)) annotations.push(readAnnotation(item, list, at, annotations.length));
    for (const item of list(parent, "relations", path)) relations.push(readRelation(item, list, at, relations.length));
  };
  let hasInfons = filled(fields["infons"]);
  for (const passage of list(fields, "passages", "")) {
    hasInfons ||= filled(passage.fields["infons"]);
    const sentences = list(passage.fields, "sentences", passage.path);
    const whole = passage.fields["text"];
    const hasText = typeof whole === "string" && (whole !== "" || sentences.length === 0);
    if (hasText || (whole !== undefined && whole !== null && whole !== "")) pieces.push(readPiece(passage, "passage", at));
    for (const sentence of sentences) {
      if (!hasText) pieces.push(readPiece(sentence, "sentence", at));
      collect(sentence.fields, sentence.path);
    }
    collect(passage.fields, passage.path);
  }
  collect(fields, "");
  const id = fields["id"] ?? fields["pmid"] ?? "";
  const name = typeof id === "number" ? String(id) : asString(id, at, "id");
  return { id: name === "" ? `document-${number}` : name, pieces, annotations, relations, hasInfons };
}

type Item = { readonly fields: Fields; readonly path: string };
type List = (parent: Fields, name: string, path: string) => Item[];

function readPiece({ fields, path }: Item, kind: BiocPiece["kind"], at: Location): BiocPiece {
  const offset = asNumber(fields["offset"], at, `${path}.offset`);
  return { offset, text: asString(fields["text"], at, `${path}.text`), kind, path, at };
}

function readAnnotation({ fields, path }: Item, list: List, at: Location, index: number): BiocAnnotation {
  const text = fields["text"] === undefined || fields["text"] === null ? "" : asString(fields["text"], at, `${path}.text`);
  return {
    id: idOf(fields, `annotation ${index}`, at, path),
    infons: readInfons(fields["infons"], at, `${path}.infons`),
    text: text === "" ? undefined : text,
    locations: list(fields, "locations", path).map((location) => ({
      offset: asNumber(location.fields["offset"], at, `${location.path}.offset`),
      length: asNumber(location.fields["length"], at, `${location.path}.length`),
    })),
    path,
    at,
  };
}

function readRelation({ fields, path }: Item, list: List, at: Location, index: number): BiocRelation {
  const nodes = list(fields, "nodes", path).map(({ fields: node, path: where }) => ({
    refid: typeof node["refid"] === "number" ? String(node["refid"]) : asString(node["refid"], at, `${where}.refid`),
    role: node["role"] === undefined || node["role"] === null ? "" : asString(node["role"], at, `${where}.role`),
  }));
  const infons = readInfons(fields["infons"], at, `${path}.infons`);
  return { id: idOf(fields, `relation ${index}`, at, path), infons, nodes, path, at };
}

function idOf(fields: Fields, otherwise: string, at: Location, path: string): string {
  const { id } = fields;
  if (id === undefined || id === null) return otherwise;
  return typeof id === "number" ? String(id) : asString(id, at, `${path}.id`);
}

/**
 * The infons with a value. PubTator 3 gives each end of a relation as an object with an identifier.
 */
function readInfons(value: unknown, at: Location, path: string): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  return new Map(
    Object.entries(asObject(value, at, path)).flatMap(([name, item]): [string, string][] => {
      const inner = firstFields(item);
      const content = inner === undefined ? item : (inner["identifier"] ?? inner["normalized_id"] ?? inner["accession"]);
      if (content === undefined || content === null || content === "") return [];
      return [[name, typeof content === "string" ? content : JSON.stringify(content)]];
    }),
  );
}

function filled(value: unknown): boolean {
  const fields = firstFields(value);
  return fields !== undefined && Object.keys(fields).length > 0;
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function printDocument({ id, text, annotations, relations }: PrintableBioc): Fields {
  const passage = {
    offset: 0,
    infons: {},
    text,
    sentences: [],
    annotations: annotations.map((annotation) => ({
      id: annotation.id,
      infons: annotation.type === null ? {} : { type: annotation.type },
      text: annotation.text,
      locations: [{ offset: annotation.offset, length: annotation.length }],
    })),
    relations: [],
  };
  const links = relations.map(({ id: name, type, nodes: [first, second] }) => ({
    id: name,
    infons: { type },
    nodes: [
      { refid: first, role: "Arg1" },
      { refid: second, role: "Arg2" },
    ],
  }));
  return { id, infons: {}, passages: [passage], annotations: [], relations: links };
}
