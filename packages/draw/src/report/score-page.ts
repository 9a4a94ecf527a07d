import type { Sentence } from "@weft-nlp/core";
import { countedTypes, findingsOf, type Prediction, type ProtocolName, type Report } from "@weft-nlp/core/metrics";
import { renderPage } from "./report-page.ts";
import { buildReview, type ReviewSentence, reviewFindings } from "./review.ts";
import { scoreSections, whole } from "./score-sections.ts";

export interface ScorePageInput {
  readonly report: Report;
  readonly gold: readonly Sentence[];
  /** One for each gold sentence, in its order. */
  readonly predictions: readonly Prediction[];
  readonly title: string;
  /** More about the run that stands below the title: the model, the files. */
  readonly facts?: readonly (readonly [name: string, value: string])[] | undefined;
  /** The most sentences that the list holds; 5,000 unless said. */
  readonly limit?: number | undefined;
}

/**
 * A report as one HTML file that asks for nothing from outside: every number with its rule in
 * words, pictures, and the sentences with mistakes, gold beside prediction. Classifiers of given
 * pairs get a list of pairs first.
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

/** What stands beside every number of a report. */
function reportFacts(report: Report): [name: string, value: string][] {
  const items = Object.values(report.protocols)[0]?.micro.gold;
  return [
    ["data", [report.dataSet, report.split].filter((part) => part !== null).join(", ") || "not named"],
    [
      "sentences",
      `${whole(report.sentences)}, ${whole(report.sentencesWithoutRelations)} without relations${items === undefined ? "" : `; ${whole(items)} gold items by the first protocol`}`,
    ],
    ["checkpoint", report.selection ?? "how it was chosen was not said"],
    ["seeds", report.seeds.join(", ") || "not said"],
    ["spans", `count ${report.spanUnit}; what occurs twice in a sentence counts once`],
    ["empty sentences", report.emptySentences],
    ...(report.onlyTypes.length === 0
      ? []
      : [["only these classes count", report.onlyTypes.join(", ")] satisfies [string, string]]),
    ["classes left out", report.ignoredTypes.join(", ") || "none"],
  ];
}

const pairProtocols: ReadonlySet<ProtocolName> = new Set(["pairs", "pairs-undirected"]);
