import { DataError, type Location } from "../errors.ts";
import { escapeXml } from "../text/index.ts";
import { biocHolds, documentFromBioc, type PrintableBioc, printableBioc } from "./bioc-document.ts";
import type { BiocAnnotation, BiocDocument, BiocPiece, BiocPlace, BiocRelation } from "./bioc-parts.ts";
import type { Format } from "./format.ts";
import { fittedRecords, type Omit, recordEvents } from "./shared/records.ts";
import { readXmlParts, type XmlElement } from "./shared/xml.ts";

/**
 * BioC as XML (Comeau et al. 2013): documents of passages, annotations with offsets in the
 * document, relations with nodes. Relations of any level are read. Written with one passage per
 * document, offsets in code points, and relations at the document.
 */
export const bioc: Format = {
  name: "bioc",
  title: "BioC XML",
  extensions: [".xml"],
  holds: biocHolds,

  recognises: (beginning) =>
    /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*(?:<!DOCTYPE\s+collection\b[^>[]*>\s*)?<collection>\s*<(?:source|date|key|infon|document)\b/.test(
      beginning,
    ),

  async *read(chunks, options = {}) {
    const { source } = options;
    let index = 0;
    for await (const element of readXmlParts(chunks, source, "document")) {
      const number = ++index;
      yield* recordEvents(
        { source, line: element.line },
        (omit) => documentFromBioc(readDocument(element, number, source), options, omit),
        options.onInvalid,
      );
    }
  },

  async *write(documents) {
    yield { kind: "text", text: head };
    for await (const { record, omit, omissions } of fittedRecords(documents, bioc)) {
      const text = printDocument(printableBioc(record), omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
    yield { kind: "text", text: "</collection>\n" };
  },
};

function readDocument(element: XmlElement, number: number, source: string | undefined): BiocDocument {
  const pieces: BiocPiece[] = [];
  const annotations: BiocAnnotation[] = [];
  const relations: BiocRelation[] = [];
  const reader = new Reader(source);
  const collect = (parent: XmlElement, kind: BiocPiece["kind"] | "document"): void => {
    const text = parent.children.find(({ name }) => name === "text");
    if (text !== undefined) {
      const offset = kind === "document" ? 0 : reader.number(reader.child(parent, "offset"), parent);
      pieces.push({ ...reader.place(parent), offset, text: text.text, kind: kind === "document" ? "passage" : kind });
    }
    for (const child of parent.children) {
      if (child.name === "annotation") annotations.push(reader.annotation(child, annotations.length));
      else if (child.name === "relation") relations.push(reader.relation(child, relations.length));
      else if (child.name === "passage" || child.name === "sentence") {
        // A sentence whose passage has its text would repeat it.
        if (text === undefined) collect(child, child.name);
        else for (const part of child.children.filter(({ name }) => name !== "text")) collectPart(part);
      }
    }
  };
  const collectPart = (part: XmlElement): void => {
    if (part.name === "annotation") annotations.push(reader.annotation(part, annotations.length));
    else if (part.name === "relation") relations.push(reader.relation(part, relations.length));
  };
  collect(element, "document");
  const id = element.children.find(({ name }) => name === "id")?.text ?? element.attributes["id"] ?? "";
  const parents = [element, ...element.children.filter(({ name }) => name === "passage")];
  const hasInfons = parents.some(({ children }) => children.some(({ name }) => name === "infon"));
  return { id: id === "" ? `document-${number}` : id, pieces, annotations, relations, hasInfons };
}

class Reader {
  readonly #source: string | undefined;

  constructor(source: string | undefined) {
    this.#source = source;
  }

  place({ name, line }: XmlElement): BiocPlace {
    return { path: name, at: { source: this.#source, line } };
  }

  child(parent: XmlElement, name: string): string {
    return parent.children.find((child) => child.name === name)?.text ?? parent.attributes[name] ?? "";
  }

  number(text: string, { name, line }: XmlElement): number {
    if (/^\s*\d+\s*$/.test(text)) return Number(text);
    const at: Location = { source: this.#source, line, path: name };
    throw new DataError(text === "" ? "FIELD_MISSING" : "FIELD_INVALID", {
      at,
      message:
        text === "" ? "the offset or the length is missing" : `expected a number, found ${JSON.stringify(text.slice(0, 60))}`,
    });
  }

  infons(parent: XmlElement): ReadonlyMap<string, string> {
    return new Map(
      parent.children.filter(({ name }) => name === "infon").map(({ attributes, text }) => [attributes["key"] ?? "", text]),
    );
  }

  annotation(element: XmlElement, index: number): BiocAnnotation {
    const locations = element.children
      .filter(({ name }) => name === "location")
      .map((location) => ({
        offset: this.number(this.child(location, "offset"), location),
        length: this.number(this.child(location, "length"), location),
      }));
    const text = element.children.find(({ name }) => name === "text")?.text;
    return {
      ...this.place(element),
      id: element.attributes["id"] ?? `annotation ${index}`,
      infons: this.infons(element),
      text: text === "" ? undefined : text,
      locations,
    };
  }

  relation(element: XmlElement, index: number): BiocRelation {
    const nodes = element.children
      .filter(({ name }) => name === "node")
      .map(({ attributes }) => ({ refid: attributes["refid"] ?? "", role: attributes["role"] ?? "" }));
    return { ...this.place(element), id: element.attributes["id"] ?? `relation ${index}`, infons: this.infons(element), nodes };
  }
}

const head =
  '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection><source>Weft</source><date></date><key></key>\n';

function printDocument({ id, text, annotations, relations }: PrintableBioc, omit: Omit): string {
  const escape = (value: string, path: string): string => {
    if (escapeXml(value.replace(/[&<>"']/g, "")) !== value.replace(/[&<>"']/g, ""))
      omit(path, "it has characters that XML cannot hold; each was replaced by another");
    return escapeXml(value).replaceAll("\r", "&#13;");
  };
  const infon = (type: string, path: string): string => `<infon key="type">${escape(type, path)}</infon>`;
  const mentions = annotations.map(({ id: name, type, offset, length, text: words }, index) => {
    const infons = type === null ? "" : infon(type, `entities[${index}].type`);
    const escaped = escapeXml(words).replaceAll("\r", "&#13;");
    return `<annotation id="${name}">${infons}<location offset="${offset}" length="${length}"/><text>${escaped}</text></annotation>`;
  });
  const links = relations.map(({ id: name, type, nodes: [first, second] }, index) => {
    const nodes = `<node refid="${first}" role="Arg1"/><node refid="${second}" role="Arg2"/>`;
    return `<relation id="${name}">${infon(type, `relations[${index}].type`)}${nodes}</relation>`;
  });
  const passage = `<passage><offset>0</offset><text>${escape(text, "text")}</text>${mentions.join("")}</passage>`;
  return `<document><id>${escape(id, "id")}</id>${passage}${links.join("")}</document>\n`;
}
