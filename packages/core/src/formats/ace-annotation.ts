import { DataError, type Location } from "../errors.ts";
import type { Span } from "../schema/index.ts";
import type { Omit } from "./shared/records.ts";
import type { XmlElement } from "./shared/xml.ts";

export interface AceSpan extends Span {
  /** The words that the annotation gives for it. */
  readonly text: string;
  readonly line: number;
}

export interface AceMention {
  readonly id: string;
  readonly type: string;
  readonly span: AceSpan;
  readonly line: number;
}

interface AceRelation {
  readonly type: string;
  /** Ids of the mentions with the roles Arg-1 and Arg-2. */
  readonly ends: readonly [head: string, tail: string];
  readonly line: number;
}

export interface AceAnnotation {
  readonly mentions: readonly AceMention[];
  readonly relations: readonly AceRelation[];
}

/** The relation type that results exclude: Li and Ji 2014 use the six other types of ACE05. */
const uncounted = "METONYMY";

/**
 * Reads the mentions and relations of an .apf.xml file in ACE05's format (apf.v5). Reports what
 * Weft cannot represent.
 *
 * @param spans whether a mention is its head or its full extent
 * @throws {DataError} FIELD_MISSING, FIELD_INVALID at the line of the element
 */
export function readAceAnnotation(
  root: XmlElement,
  spans: "head" | "extent",
  source: string | undefined,
  omit: Omit,
): AceAnnotation {
  if (root.name !== "source_file") {
    throw new DataError("FIELD_INVALID", {
      at: { source, line: root.line },
      message: `expected the element source_file, found ${root.name}`,
      hint: "ACE05 uses apf.v5; for ACE04, use the output of LSTM-ER's scripts",
    });
  }
  const mentions: AceMention[] = [];
  const relations: AceRelation[] = [];
  const document = root.children.find(({ name }) => name === "document");
  const said = new Set<string>();
  const once = (element: XmlElement, reason: string): void => {
    if (said.has(element.name)) return;
    said.add(element.name);
    omit(element.name, reason, { source, line: element.line });
  };
  for (const element of document?.children ?? []) {
    if (element.name === "entity") {
      once(element, "Weft has no coreference, subtypes and classes of entities; reported once per file");
      for (const mention of childrenOf(element, "entity_mention")) mentions.push(readMention(element, mention, spans, source));
    } else if (element.name === "relation") {
      once(element, "Weft has no subtypes, tense and modality of relations; reported once per file");
      const type = attributeOf(element, "TYPE", source);
      for (const mention of childrenOf(element, "relation_mention")) {
        const relation = readRelation(type, mention, source, omit);
        if (relation !== undefined) relations.push(relation);
      }
    } else {
      const reason = unheld[element.name] ?? "Weft cannot represent this element";
      const found = childrenOf(element, `${element.name}_mention`);
      for (const { line } of found.length === 0 ? [element] : found) omit(element.name, reason, { source, line });
    }
  }
  return { mentions, relations };
}

const unheld: Readonly<Record<string, string>> = {
  event: "Weft has no events",
  value: "Weft does not treat values as entities",
  timex2: "Weft does not treat times as entities",
};

function readMention(entity: XmlElement, mention: XmlElement, spans: "head" | "extent", source: string | undefined): AceMention {
  const [element] = childrenOf(mention, spans);
  if (element === undefined) throw missing(mention, spans, source);
  return {
    id: attributeOf(mention, "ID", source),
    type: attributeOf(entity, "TYPE", source),
    span: readSpan(element, source),
    line: mention.line,
  };
}

function readSpan(element: XmlElement, source: string | undefined): AceSpan {
  const [characters] = childrenOf(element, "charseq");
  if (characters === undefined) throw missing(element, "charseq", source);
  const [start, last] = ["START", "END"].map((name) => {
    const value = attributeOf(characters, name, source);
    if (/^\d{1,9}$/.test(value)) return Number(value);
    const message = `expected a number of characters, found ${JSON.stringify(value.slice(0, 60))}`;
    throw new DataError("FIELD_INVALID", { at: placeOf(characters, source, name), message });
  }) as [number, number];
  if (last < start) {
    const message = `the characters ${start} to ${last} are not a span`;
    const hint = "END is the offset of the last character";
    throw new DataError("SPAN_EMPTY", { at: placeOf(characters, source), message, hint });
  }
  return { start, end: last + 1, text: characters.text, line: characters.line };
}

function readRelation(type: string, mention: XmlElement, source: string | undefined, omit: Omit): AceRelation | undefined {
  const at = { source, line: mention.line };
  if (type === uncounted) {
    omit(mention.name, `${uncounted} is not one of the six relation types in use; it was left out`, at);
    return undefined;
  }
  const ends = new Map<string, string>();
  for (const argument of childrenOf(mention, "relation_mention_argument")) {
    const role = attributeOf(argument, "ROLE", source);
    if (role !== "Arg-1" && role !== "Arg-2") {
      omit(argument.name, `the role ${JSON.stringify(role)} is not supported; a relation has a head and a tail`, {
        source,
        line: argument.line,
      });
      continue;
    }
    if (ends.has(role)) {
      const message = `a second argument has the role ${role}`;
      throw new DataError("FIELD_INVALID", { at: placeOf(argument, source), message });
    }
    ends.set(role, attributeOf(argument, "REFID", source));
  }
  const [head, tail] = [ends.get("Arg-1"), ends.get("Arg-2")];
  if (head === undefined || tail === undefined) {
    throw missing(mention, `relation_mention_argument with the role ${head === undefined ? "Arg-1" : "Arg-2"}`, source);
  }
  return { type, ends: [head, tail], line: mention.line };
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

function attributeOf(element: XmlElement, name: string, source: string | undefined): string {
  const value = element.attributes[name];
  if (value !== undefined && value !== "") return value;
  const message = `the attribute ${name} is missing`;
  throw new DataError("FIELD_MISSING", { at: placeOf(element, source), message });
}

function missing(element: XmlElement, what: string, source: string | undefined): DataError {
  const message = `there is no ${what} inside`;
  const hint = "expected apf.v5, as ACE05 is distributed";
  return new DataError("FIELD_MISSING", { at: placeOf(element, source), message, hint });
}

function placeOf({ name, line }: XmlElement, source: string | undefined, attribute?: string): Location {
  return { source, line, path: attribute === undefined ? name : `${name}.${attribute}` };
}
