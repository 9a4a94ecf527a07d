import type { Sentence } from "@weft-nlp/core";
import { countedTypes, findingsOf, type Prediction, type ProtocolName, type Report } from "@weft-nlp/core/metrics";
import { renderPage } from "./report-page.ts";
import { buildReview, type ReviewSentence, reviewFindings } from "./review.ts";
import { scoreSections, whole } from "./score-sections.ts";

/** A report, and the sentences and predictions behind it. */
export interface ScorePageInput {
  readonly report: Report;
  readonly gold: readonly Sentence[];
  /** One per gold sentence, in the same order. */
  readonly predictions: readonly Prediction[];
  readonly title: string;
  /** More facts to show below the title, such as the model or the files. */
  readonly facts?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Max number of sentences in the list. Defaults to 5,000. */
  readonly limit?: number | undefined;
}

/**
 * A report as one self-contained HTML file: every number with its rule in words, pictures, and the
 * sentences with mistakes, gold next to the prediction. Classifiers of given pairs show a list of
 * pairs first.
 */
export async function scorePage(input: ScorePageInput): Promise<string> {
  const { report, gold, predictions } = input;
  const names = Object.keys(report.protocols);
  const options = { directed: report.mistakes.directed, countsType: countedTypes(report) };
  const wrong = gold.flatMap((sentence, index): ReviewSentence[] => {
    const predicted = predictions[index] ?? { entities: [], relations: [] };
    const findings = reviewFindings(findingsOf(sentence, predicted, options));
    return findings.length === 0 ? [] : [{ sentence, sides: [sentence, predicted], findings }];
  });
  return renderPage({
    title: input.title,
    facts: [...(input.facts ?? []), ...reportFacts(report)],
    sections: scoreSections(report),
    review: await buildReview(wrong, ["gold", "predicted"], input.limit),
    reviewWords: `${whole(wrong.length)} of ${whole(gold.length)} sentences have a mistake, by spans and types. Drawings show gold and the prediction side by side.`,
    view: names.some((name) => pairProtocols.has(name)) ? "pairs" : "sentences",
  });
}

/** The facts that apply to every number of a report. */
function reportFacts(report: Report): [name: string, value: string][] {
  const items = Object.values(report.protocols)[0]?.micro.gold;
  return [
    ["data", [report.dataSet, report.split].filter((part) => part !== null).join(", ") || "not named"],
    [
      "sentences",
      `${whole(report.sentences)}, ${whole(report.sentencesWithoutRelations)} without relations${items === undefined ? "" : `; ${whole(items)} gold items by the first protocol`}`,
    ],
    ["checkpoint", report.selection ?? "selection not recorded"],
    ["seeds", report.seeds.join(", ") || "not recorded"],
    ["spans", `count ${report.spanUnit}; what occurs twice in a sentence counts once`],
    ["empty sentences", report.emptySentences],
    ...(report.onlyTypes.length === 0
      ? []
      : [["only these classes count", report.onlyTypes.join(", ")] satisfies [string, string]]),
    ["ignored classes", report.ignoredTypes.join(", ") || "none"],
  ];
}

const pairProtocols: ReadonlySet<ProtocolName> = new Set(["pairs", "pairs-undirected"]);
