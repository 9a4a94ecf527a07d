import { type Document, roundConfidence } from "@weft-nlp/core";
import { collectText, labelStudio } from "@weft-nlp/core/formats";
import { type LabelConfig, labelFor } from "./label-config.ts";

/** A prediction in Label Studio's form. */
export interface LabelStudioPrediction {
  readonly model_version: string;
  /** The mean confidence: tasks with a low score are the ones to look at first. */
  readonly score: number;
  readonly result: readonly ResultItem[];
}

/** A region, or a relation between two. */
interface ResultItem {
  readonly type: string;
  readonly id?: string;
  readonly from_id?: string;
  readonly to_id?: string;
  readonly value?: { readonly labels: readonly string[] };
  readonly labels?: readonly string[];
  readonly score?: number;
}

/**
 * The prediction for a task, under the names of its labelling configuration. Types that have no
 * label there are omitted, since Label Studio would show them without a colour or a key.
 */
export async function predictionOf(document: Document, config: LabelConfig, version: string): Promise<LabelStudioPrediction> {
  const { text } = await collectText(labelStudio.write([predicted(document)]));
  const [task] = JSON.parse(text) as [{ readonly predictions?: readonly [{ readonly result: readonly ResultItem[] }] }];
  const result = named(task.predictions?.[0].result ?? [], config);
  const scores = result.flatMap(({ score }) => score ?? []);
  const score = scores.length === 0 ? 0 : scores.reduce((sum, one) => sum + one, 0) / scores.length;
  return { model_version: version, score: roundConfidence(score), result };
}

/** Given entities have no confidence; with one, the format writes a prediction. */
function predicted(document: Document): Document {
  return { ...document, entities: document.entities.map((entity) => ({ confidence: 1, ...entity })) };
}

function named(items: readonly ResultItem[], { fromName, toName, spanLabels, relationLabels }: LabelConfig): ResultItem[] {
  const regions = items.flatMap((item): ResultItem[] => {
    const [type] = item.value?.labels ?? [];
    const label = type === undefined ? undefined : labelFor(type, spanLabels);
    if (item.value === undefined || label === undefined) return [];
    return [{ ...item, ...{ from_name: fromName, to_name: toName }, value: { ...item.value, labels: [label] } }];
  });
  const kept = new Set(regions.map(({ id }) => id));
  const relations = items.flatMap((item): ResultItem[] => {
    const [type = ""] = item.labels ?? [];
    const label = relationLabels === undefined ? type : labelFor(type, relationLabels);
    if (item.type !== "relation" || label === undefined || !kept.has(item.from_id) || !kept.has(item.to_id)) return [];
    return [{ ...item, labels: [label] }];
  });
  return [...regions, ...relations];
}
