import { readXml, type XmlElement } from "@weft-nlp/core/formats";
import { RequestError } from "../errors.ts";

/** What a labelling configuration of Label Studio says about text, spans and relations. */
export interface LabelConfig {
  /** The field of a task's `data` that holds the text. */
  readonly textField: string;
  /** The name of the `Text` tag, and of the `Labels` tag that marks spans in it. */
  readonly toName: string;
  readonly fromName: string;
  /** The labels of spans, by every name under which a model may know them. */
  readonly spanLabels: ReadonlyMap<string, string>;
  /** The labels of relations; undefined if the configuration lists none. */
  readonly relationLabels: ReadonlyMap<string, string> | undefined;
}

/**
 * Reads a labelling configuration. The first `Labels` tag that marks a `Text` tag counts.
 *
 * A label takes the predictions of its own name, in capitals or not, of its `alias`, and of the
 * types listed in `predicted_values`.
 *
 * @throws {RequestError} if the configuration marks no spans of a text
 * @throws {DataError} XML_INVALID
 */
export async function readLabelConfig(xml: string): Promise<LabelConfig> {
  const root = await readXml([xml], "label_config", { units: 1 << 20, elements: 20_000, depth: 50 });
  const elements = root === undefined ? [] : [...within(root)];
  const texts = new Map(elements.filter(({ name }) => name === "Text").map(({ attributes }) => [attributes["name"], attributes]));
  for (const control of elements.filter(({ name }) => name === "Labels")) {
    const { name: fromName, toName } = control.attributes;
    const value = texts.get(toName)?.["value"];
    if (fromName === undefined || toName === undefined || value === undefined) continue;
    const relations = elements.find(({ name }) => name === "Relations");
    return {
      textField: value.replace(/^\$/, ""),
      toName,
      fromName,
      spanLabels: labelsOf(control, "Label"),
      relationLabels: relations === undefined ? undefined : labelsOf(relations, "Relation"),
    };
  }
  throw new RequestError("REQUEST_INVALID", {
    at: { path: "label_config" },
    message: "the labelling configuration has no <Labels> for a <Text>",
    hint: 'Weft marks spans of text: <Labels name="label" toName="text"> with <Text name="text" value="$text"/>',
  });
}

/** The label for a type of the model; undefined if the configuration has none for it. */
export function labelFor(type: string, labels: ReadonlyMap<string, string>): string | undefined {
  return labels.get(type) ?? labels.get(type.toLowerCase());
}

/**
 * The model's type for a label, so that what people mark trains the types that the model has. A
 * label that the model has no type for is a type of its own.
 */
export function typeFor(label: string, labels: ReadonlyMap<string, string> | undefined, types: readonly string[]): string {
  if (types.includes(label) || labels === undefined) return label;
  return types.find((type) => labelFor(type, labels) === label) ?? label;
}

function* within(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* within(child);
}

function labelsOf(parent: XmlElement, tag: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const { name, attributes } of within(parent)) {
    const { value, alias, predicted_values: predicted = "" } = attributes;
    if (name !== tag || value === undefined || value === "") continue;
    const own = [value, ...(alias === undefined ? [] : [alias]), ...predicted.split(",").map((one) => one.trim())];
    for (const known of own.flatMap((one) => [one, one.toLowerCase()])) if (!labels.has(known)) labels.set(known, value);
  }
  return labels;
}
