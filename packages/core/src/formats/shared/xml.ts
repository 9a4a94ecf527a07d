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
  // Only one format needs the parser.
  const { SaxesParser } = await import("saxes");
  const parser = new SaxesParser();
  const root = new OpenElement("", {}, 0);
  const open = [root];
  let line = 1;
  let elements = 0;
  let units = 0;
  const here = (): Location => ({ source, line: parser.line, column: parser.column + 1 });
  const refuse = (message: string): never => {
    throw new DataError("XML_INVALID", { at: here(), message, hint: "the file may be damaged or in another format" });
  };
  parser.on("error", (error) => refuse(error.message.replace(/^(?:\d+:\d+: )?/, "").replace(/\.$/, "")));
  parser.on("opentagstart", () => {
    line = parser.line;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = new OpenElement(name, attributes, line);
    open.at(-1)?.children.push(element);
    open.push(element);
    elements++;
    if (elements > limits.elements) refuse(`the file has more than ${limits.elements} elements`);
    if (open.length - 1 > limits.depth) refuse(`elements are nested more than ${limits.depth} deep`);
  });
  parser.on("text", (text) => {
    (open.at(-1) as OpenElement).text += text;
  });
  parser.on("cdata", (text) => {
    (open.at(-1) as OpenElement).text += text;
  });
  parser.on("closetag", () => {
    open.pop();
  });
  let empty = true;
  for await (const chunk of chunks) {
    units += chunk.length;
    if (units > limits.units) refuse(`the file has more than ${limits.units} UTF-16 units`);
    empty &&= !/[^\s\uFEFF]/.test(chunk);
    if (!empty) parser.write(chunk);
  }
  if (empty) return undefined;
  parser.close();
  return root.children[0];
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
