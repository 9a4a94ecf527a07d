import { readXml, type XmlElement } from "@weft-nlp/core/formats";
import { escapeXml } from "@weft-nlp/core/text";
import { RequestError } from "../errors.ts";

/** An annotation of a CAS: a place in the text, with its type's full name. */
export interface CasAnnotation {
  readonly id: number;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly features: Readonly<Record<string, string>>;
}

/** A new annotation. `features` become attributes as they are. */
export interface NewAnnotation {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly features: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A document of UIMA in XMI: one view of a text, with annotations. It keeps everything of the file
 * that it does not understand, and writes it again with new annotations.
 */
export class Xmi {
  readonly text: string;
  /** In the order of the file; offsets count UTF-16 units. */
  readonly annotations: readonly CasAnnotation[];
  readonly #root: XmlElement;
  readonly #sofa: string;

  private constructor(root: XmlElement) {
    this.#root = root;
    const sofa = root.children.find(({ name, attributes }) => local(name) === "Sofa" && attributes["sofaString"] !== undefined);
    if (sofa === undefined) {
      throw new RequestError("REQUEST_INVALID", {
        at: { path: "document.xmi" },
        message: "the CAS has no text",
        hint: "send the document as XMI, with a Sofa and its sofaString",
      });
    }
    this.#sofa = sofa.attributes["xmi:id"] ?? "1";
    this.text = sofa.attributes["sofaString"] ?? "";
    this.annotations = root.children.flatMap((element) => this.#annotation(element));
  }

  /** @throws {DataError} XML_INVALID @throws {RequestError} without a text */
  static async read(xml: string): Promise<Xmi> {
    const root = await readXml([xml], "document.xmi");
    return new Xmi(root ?? { name: "", attributes: {}, children: [], text: "", line: 1 });
  }

  #annotation({ name, attributes }: XmlElement): CasAnnotation[] {
    const { "xmi:id": id, sofa, begin, end, ...features } = attributes;
    if (sofa !== this.#sofa || begin === undefined || end === undefined) return [];
    return [{ id: Number(id), type: this.#typeOf(name), start: Number(begin), end: Number(end), features }];
  }

  /** `custom.Span` for the element `custom:Span` whose prefix is `http:///custom.ecore`. */
  #typeOf(name: string): string {
    const [prefix, short] = name.includes(":") ? name.split(":") : ["", name];
    const space = this.#root.attributes[prefix === "" ? "xmlns" : `xmlns:${prefix}`] ?? "";
    const path = /^http:\/\/\/(.*)\.ecore$/.exec(space)?.[1] ?? "";
    return path === "" || path === "uima/noNamespace" ? (short ?? name) : `${path.replaceAll("/", ".")}.${short}`;
  }

  /** The file with more annotations, in its view of the text. */
  with(added: readonly NewAnnotation[]): string {
    const ids = this.#root.children.map(({ attributes }) => Number(attributes["xmi:id"] ?? 0));
    let next = ids.reduce((max, id) => (Number.isSafeInteger(id) ? Math.max(max, id) : max), 0) + 1;
    const spaces = new Map<string, string>();
    const members: number[] = [];
    const elements = added.map(({ type, start, end, features }) => {
      const dot = type.lastIndexOf(".");
      const space = dot < 0 ? "http:///uima/noNamespace.ecore" : `http:///${type.slice(0, dot).replaceAll(".", "/")}.ecore`;
      const prefix = spaces.get(space) ?? `weft${spaces.size + 1}`;
      spaces.set(space, prefix);
      members.push(next);
      const attributes = { "xmi:id": next++, sofa: this.#sofa, begin: start, end, ...features };
      return element(`${prefix}:${type.slice(dot + 1)}`, attributes, "");
    });
    const declared = Object.fromEntries([...spaces].map(([space, prefix]) => [`xmlns:${prefix}`, space]));
    const children = this.#root.children.map((child) => {
      const ours = local(child.name) === "View" && child.attributes["sofa"] === this.#sofa;
      return print(ours ? { ...child, attributes: { ...child.attributes, members: joined(child, members) } } : child);
    });
    const root = element(this.#root.name, { ...this.#root.attributes, ...declared }, [...elements, ...children].join(""));
    return `<?xml version="1.0" encoding="UTF-8"?>${root}`;
  }
}

/** The type of the annotations at both ends of a relation, if a layer is one of relations. */
export async function relationEnds(typeSystem: string, layer: string): Promise<string | undefined> {
  const root = await readXml([typeSystem], "typeSystem");
  const types = root?.children.find(({ name }) => local(name) === "types")?.children ?? [];
  const type = types.find((each) => textOf(each, "name") === layer);
  const features = type?.children.find(({ name }) => local(name) === "features")?.children ?? [];
  const range = (name: string): string | undefined => {
    const feature = features.find((each) => textOf(each, "name") === name);
    return feature === undefined ? undefined : textOf(feature, "rangeTypeName");
  };
  return range("Dependent") === undefined ? undefined : range("Governor");
}

function textOf(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => local(child.name) === name)?.text.trim();
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function joined({ attributes }: XmlElement, members: readonly number[]): string {
  return [attributes["members"] ?? "", ...members].join(" ").trim();
}

function print({ name, attributes, children, text }: XmlElement): string {
  // In XMI an element has either children or text.
  return element(name, attributes, children.length === 0 ? escapeXml(text) : children.map(print).join(""));
}

function element(name: string, attributes: Readonly<Record<string, string | number | boolean>>, content: string): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  return content === "" ? `<${name}${list.join("")}/>` : `<${name}${list.join("")}>${content}</${name}>`;
}

/** Line ends and tabs in an attribute become spaces unless they are written as references. */
function attribute(value: string): string {
  return escapeXml(value).replace(/[\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`);
}
