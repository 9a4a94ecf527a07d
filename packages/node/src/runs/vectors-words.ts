import type { VectorsReport } from "@weft-nlp/core/training";
import type { VectorCoverage } from "@weft-nlp/core/vocabulary";

/** A training's word vectors in words: what they are, then what they cover of train and dev. */
export function vectorsLines(report: VectorsReport): [what: string, train: string, dev: string] {
  const { name, count, dimension, licence, train, dev } = report;
  const terms = licence === undefined ? "" : `, licence ${licence}`;
  return [
    `${name}, ${count.toLocaleString("en-GB")} words of ${dimension} numbers${terms}`,
    `${percent(shareOf(train))} of the running words of train have a vector${waysOf(train)}`,
    `${percent(shareOf(dev))} of those of dev${waysOf(dev)}`,
  ];
}

/** The share of running words with a vector, 0 to 1. */
function shareOf({ words, exact, lowerCased, digitsFolded }: VectorCoverage): number {
  return words === 0 ? 0 : (exact + lowerCased + digitsFolded) / words;
}

function waysOf({ words, exact, lowerCased, digitsFolded }: VectorCoverage): string {
  if (words === 0) return "";
  const [asWritten, lower, folded] = [exact, lowerCased, digitsFolded].map((count) => percent(count / words));
  return ` (${asWritten} as written, ${lower} in lower case, ${folded} with digits folded)`;
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}
