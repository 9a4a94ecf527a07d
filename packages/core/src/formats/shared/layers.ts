import type { Capacity } from "./capacity.ts";

/**
 * Layers of annotation as INCEpTION and WebAnno name them. A project defines its own layers, so
 * these rules say which of them mark mentions, and which feature of a layer is its label.
 */

const dkpro = "de.tudarmstadt.ukp.dkpro.core.api.";

export const layers = {
  pos: `${dkpro}lexmorph.type.pos.POS`,
  token: `${dkpro}segmentation.type.Token`,
  sentence: `${dkpro}segmentation.type.Sentence`,
  form: `${dkpro}segmentation.type.TokenForm`,
  documentMetaData: `${dkpro}metadata.type.DocumentMetaData`,
  span: "custom.Span",
  relation: "custom.Relation",
} as const;

/** Layers of DKPro and INCEpTION that describe text, tokens or the project. */
const otherLayers = [
  ...["anomaly", "coref", "lexmorph", "metadata", "morph", "phonetics", "segmentation", "sentiment", "structure"],
  ...["syntax", "transform"],
].map((area) => `${dkpro}${area}.`);
const otherPrefixes = ["uima.", "de.tudarmstadt.ukp.clarin.", "de.tudarmstadt.ukp.inception.", ...otherLayers];

/** Whether the spans of a layer are mentions, rather than tokens, sentences, lemmas and so on. */
export function marksMentions(layer: string): boolean {
  return layer === "uima.tcas.Annotation" || !otherPrefixes.some((prefix) => layer.startsWith(prefix));
}

/** The last part of a layer's name, which is the type of its annotation if it has no features. */
export function shortName(layer: string): string {
  return layer.slice(layer.lastIndexOf(".") + 1);
}

/** The usual names of the feature with the label, the best first. */
const labelNames = ["value", "label", "type", "kind", "class", "category", "tag", "entity", "relation", "role"];
/** Features that identify or comment, and never label. */
const neverLabels = /^(?:id|identifier|uri|url|comment|note|remark|confidence|score|order)s?$/i;

/** The feature of a layer that holds the type of its annotation; undefined if it has none. */
export function labelFeature(features: readonly string[]): string | undefined {
  const candidates = features.filter((name) => !neverLabels.test(name));
  for (const label of labelNames) {
    const found = candidates.find((name) => name.toLowerCase() === label);
    if (found !== undefined) return found;
  }
  const ending = candidates.find((name) => /(?:value|label|type|tag|kind|class|category)$/i.test(name));
  return ending ?? candidates[0];
}

/** What the exports of INCEpTION hold, as TSV and as JSON. */
export const inceptionHolds: Capacity = {
  record: "document",
  text: true,
  tokens: true,
  offsets: "UTF-16 units",
  entities: "all",
  entityTypes: "optional",
  relations: true,
  overlapping: true,
  duplicates: true,
  crossSentence: true,
  discontinuous: false,
  confidence: false,
  ids: true,
  pos: true,
  metadata: false,
};
