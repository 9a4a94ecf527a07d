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
  const lines = new LineCounter();
  let line = 1;
  let elements = 0;
  let units = 0;
  const here = (): Location => ({ source, ...lines.at(parser.position) });
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
    line = lines.at(parser.position - 1).line;
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
  // White space alone is not a document, so the parser sees it only with what follows.
  let blank: string | undefined = "";
  try {
    for await (const chunk of chunks) {
      units += chunk.length;
      if (units > limits.units) refuse(`${size} has more than ${limits.units} UTF-16 units`);
      if (blank !== undefined && !/\S/.test(chunk)) {
        blank += chunk;
        continue;
      }
      for (const written of [blank ?? "", chunk]) {
        lines.add(written);
        parser.write(written);
      }
      blank = undefined;
      yield* taken();
    }
    if (blank !== undefined) return;
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

/**
 * Lines and columns, from 1, of places in a text that comes in chunks. A line ends at "\n", as in
 * every other format; the parser's own numbers count a lone "\r" too.
 */
class LineCounter {
  #line = 1;
  #lineStart = 0;
  #chunk = "";
  #chunkStart = 0;
  /** The position of the next line end in the chunk. */
  #next = Number.POSITIVE_INFINITY;

  add(chunk: string): void {
    const end = this.#chunkStart + this.#chunk.length;
    this.at(end);
    this.#chunk = chunk;
    this.#chunkStart = end;
    this.#next = this.#lineEnd(end);
  }

  /** @param position UTF-16 units from the start of the text, in the last chunk */
  at(position: number): { readonly line: number; readonly column: number } {
    const known = Math.min(position, this.#chunkStart + this.#chunk.length);
    while (this.#next < known) {
      this.#line++;
      this.#lineStart = this.#next + 1;
      this.#next = this.#lineEnd(this.#lineStart);
    }
    return { line: this.#line, column: Math.max(1, known - this.#lineStart + 1) };
  }

  #lineEnd(from: number): number {
    const index = this.#chunk.indexOf("\n", from - this.#chunkStart);
    return index < 0 ? Number.POSITIVE_INFINITY : this.#chunkStart + index;
  }
}
