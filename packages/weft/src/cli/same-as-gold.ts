import { realpathSync } from "node:fs";
import type { Annotation } from "@weft-nlp/core";
import type { Corpus } from "@weft-nlp/node/files";

/** Predictions that are no different from gold, and how that is known. */
export interface SameAsGold {
  /** `file`: both were read from one file. `annotation`: every entity and relation is equal. */
  readonly by: "file" | "annotation";
  readonly message: string;
}

/**
 * Whether every entity and relation of the predictions is the same as in gold, which is most often
 * a mistake: gold was compared with itself.
 */
export function sameAsGold(
  gold: Pick<Corpus, "source">,
  predicted: Pick<Corpus, "source">,
  matched: { readonly gold: readonly Annotation[]; readonly predicted: readonly Annotation[] },
): SameAsGold | undefined {
  const some = matched.gold.some(({ entities, relations }) => entities.length + relations.length > 0);
  if (!some || !matched.gold.every((each, index) => keyOf(each) === keyOf(matched.predicted[index]))) return undefined;
  if (isSameFile(gold.source, predicted.source)) {
    return { by: "file", message: `gold was compared with itself: ${predicted.source} is the same file` };
  }
  const message = `every entity and relation in ${predicted.source} is as in ${gold.source}; gold may have been compared with itself`;
  return { by: "annotation", message };
}

function keyOf(annotation: Annotation | undefined): string {
  if (annotation === undefined) return "";
  const { entities, relations } = annotation;
  const names = entities.map(({ start, end, type }) => JSON.stringify([start, end, type]));
  const links = relations.map(({ head, tail, type }) => JSON.stringify([names[head], names[tail], type]));
  return [...new Set(names)]
    .toSorted()
    .concat([...new Set(links)].toSorted())
    .join("\n");
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
