import { DataError, type Location } from "../../errors.ts";
import type { TextChunks } from "./lines.ts";

/** An element of an XML file. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, without that of child elements. */
  readonly text: string;
  readonly line: number;
}

export interface XmlLimits {
  /** Maximum UTF-16 units of the file. */
  readonly units: number;
  readonly elements: number;
  readonly depth: number;
}

/** Far more than the annotation of any document, far less than would exhaust memory. */
const usualLimits: XmlLimits = { units: 1 << 26, elements: 1_000_000, depth: 100 };

/**
 * Parses an XML file and returns its root; undefined if the file is only white space.
 *
 * Ignores the document type and fetches nothing. Resolves only the five built-in entities and
 * numeric references, so a file cannot expand while it is read.
 *
 * @throws {DataError} XML_INVALID with line and column, also for a file over the limits
 */
export async function readXml(
  chunks: TextChunks,
  source: string | undefined,
  limits: XmlLimits = usualLimits,
): Promise<XmlElement | undefined> {
  for await (const root of parseXml(chunks, source, undefined, limits)) return root;
  return undefined;
}

/**
 * Like `readXml`, for a file of many parts: streams the elements with a name, with one in memory.
 * The limits hold for each of them.
 */
export function readXmlParts(
  chunks: TextChunks,
  source: string | undefined,
  name: string,
  limits: XmlLimits = usualLimits,
): AsyncGenerator<XmlElement> {
  return parseXml(chunks, source, name, limits);
}

/** @param part the elements to yield as they end; defaults to the root */
async function* parseXml(
  chunks: TextChunks,
  source: string | undefined,
  part: string | undefined,
  limits: XmlLimits,
): AsyncGenerator<XmlElement> {
  // Only a few formats need the parser.
  const { SaxesParser } = await import("saxes");
  const parser = new SaxesParser();
  const root = new OpenElement("", {}, 0);
  const open = [root];
  const ready: { readonly element: XmlElement; readonly position: number }[] = [];
  let line = 1;
  let elements = 0;
  let units = 0;
  const here = (): Location => ({ source, line: parser.line, column: parser.column + 1 });
  const refuse = (message: string): never => {
    throw new DataError("XML_INVALID", { at: here(), message, hint: "the file may be damaged or in another format" });
  };
  const size = part === undefined ? "the file" : `the element <${part}>`;
  parser.on("error", (error) => {
    // The parser closes what an unexpected tag leaves open; that is not a part.
    while (ready.at(-1)?.position === parser.position) ready.pop();
    refuse(error.message.replace(/^(?:\d+:\d+: )?/, "").replace(/\.$/, ""));
  });
  parser.on("opentagstart", () => {
    line = parser.line;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = new OpenElement(name, attributes, line);
    open.at(-1)?.children.push(element);
    open.push(element);
    elements++;
    if (elements > limits.elements) refuse(`${size} has more than ${limits.elements} elements`);
    if (open.length - 1 > limits.depth) refuse(`elements are nested more than ${limits.depth} deep`);
  });
  parser.on("text", (text) => {
    (open.at(-1) as OpenElement).text += text;
  });
  parser.on("cdata", (text) => {
    (open.at(-1) as OpenElement).text += text;
  });
  parser.on("closetag", () => {
    const closed = open.pop() as OpenElement;
    if (closed.name !== part) return;
    ready.push({ element: closed, position: parser.position });
    open.at(-1)?.children.pop();
    elements = 0;
    units = 0;
  });
  const taken = (): XmlElement[] => ready.splice(0).map(({ element }) => element);
  let empty = true;
  try {
    for await (const chunk of chunks) {
      units += chunk.length;
      if (units > limits.units) refuse(`${size} has more than ${limits.units} UTF-16 units`);
      empty &&= !/[^\s\uFEFF]/.test(chunk);
      if (!empty) parser.write(chunk);
      yield* taken();
    }
    if (empty) return;
    parser.close();
    yield* part === undefined ? root.children : taken();
  } catch (error) {
    yield* taken();
    throw error;
  }
}

class OpenElement implements XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly line: number;
  readonly children: XmlElement[] = [];
  text = "";

  constructor(name: string, attributes: Readonly<Record<string, string>>, line: number) {
    this.name = name;
    this.attributes = attributes;
    this.line = line;
  }
}
