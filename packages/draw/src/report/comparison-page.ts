import type { Sentence } from "@weft-nlp/core";
import {
  type ComparedSystem,
  inBucketOrder,
  type ProtocolComparison,
  type ScorePairs,
  type SeedSummary,
  type SystemComparison,
} from "@weft-nlp/core/metrics";
import { barChart } from "../drawing/index.ts";
import { comparisonVerdict, signed } from "./comparison-verdict.ts";
import { differences } from "./differences.ts";
import { type Html, html, trusted } from "./html.ts";
import { renderPage } from "./report-page.ts";
import { buildReview } from "./review.ts";
import { points, protocolWords, whole } from "./score-sections.ts";

/** A comparison, and the sentences and predictions behind it. */
export interface ComparisonPageInput {
  readonly comparison: SystemComparison;
  readonly gold: readonly Sentence[];
  readonly first: ComparedSystem;
  readonly second: ComparedSystem;
  readonly title: string;
  /** Max number of sentences in the list. Defaults to 5,000. */
  readonly limit?: number | undefined;
}

/**
 * A comparison as one self-contained HTML file: differences with both tests, and the sentences that
 * differ.
 */
export async function comparisonPage(input: ComparisonPageInput): Promise<string> {
  const { comparison, gold, first, second } = input;
  const compared = Object.values(comparison.protocols);
  const [main] = Object.keys(comparison.protocols);
  const differing = main === undefined ? [] : differences(main, gold, first, second, comparison);
  return renderPage({
    title: input.title,
    facts: [
      ["A", comparison.first],
      ["B", comparison.second],
      ["data", comparison.dataSet ?? "not named"],
      ["sentences", whole(comparison.sentences)],
      ["runs of each", whole(comparison.runs)],
      ...(comparison.onlyTypes.length === 0
        ? []
        : [["only these classes count", comparison.onlyTypes.join(", ")] satisfies [string, string]]),
      ["ignored classes", comparison.ignoredTypes.join(", ") || "none"],
    ],
    sections: [
      { id: "scores", title: "Scores", body: scores(comparison) },
      { id: "types", title: "By type", body: pairSections(compared, ({ byType }) => Object.entries(byType), 12) },
      {
        id: "distance",
        title: "By words between the arguments",
        body: pairSections(
          compared.filter(({ byDistance }) => Object.keys(byDistance).length > 0),
          ({ byDistance }) => inBucketOrder(byDistance),
          12,
        ),
      },
    ],
    review: await buildReview(differing, ["gold", "A", "B"], input.limit),
    reviewWords: `${whole(differing.length)} of ${whole(gold.length)} sentences differ in F1 by ${main ?? "no protocol"}; the largest differences come first.${comparison.runs > 1 ? " The first run of each system is shown." : ""}`,
    view: "sentences",
  });
}

function scores(comparison: SystemComparison): Html {
  const compared = Object.values(comparison.protocols);
  const columns = 10;
  return html`${compared.map((each) => html`<p><strong>${each.protocol}:</strong> ${comparisonVerdict(each, comparison)}</p>`)}
<div class="scroll"><table>
<thead><tr><th scope="col">protocol</th><th scope="col">A: F1</th><th scope="col">B: F1</th><th scope="col">B − A</th><th scope="col">${100 * comparison.confidence} % interval</th><th scope="col">p, bootstrap</th><th scope="col">p, randomisation</th><th scope="col">better</th><th scope="col">worse</th><th scope="col">same</th></tr></thead>
<tbody>
${compared.map(
  (
    each,
  ) => html`<tr class="joined"><th scope="row">${each.protocol}</th><td>${points(each.first.f1)}${spread(each.firstRuns)}</td><td>${points(each.second.f1)}${spread(each.secondRuns)}</td><td>${signed(each.difference)}</td><td>${signed(each.interval[0])} to ${signed(each.interval[1])}</td><td>${each.p.bootstrap.toFixed(4)}</td><td>${each.p.randomisation.toFixed(4)}</td><td>${whole(each.sentences.better)}</td><td>${whole(each.sentences.worse)}</td><td>${whole(each.sentences.same)}</td></tr>
<tr><td class="words" colspan="${columns}">${protocolWords(each)}</td></tr>`,
)}
</tbody></table></div>
<p class="soft">In per cent, micro. Paired bootstrap over sentences and approximate randomisation, ${whole(comparison.resamples)} resamples each, seed ${comparison.seed}; p is two-sided. Better and worse count the sentences whose own F1 is higher or lower in B.</p>
${comparison.runs > 1 ? html`<p class="soft">The counts of each sentence are summed over the ${comparison.runs} runs of a system before testing; small numbers are mean ± standard deviation of the runs.</p>` : html``}`;
}

function spread({ mean, deviation }: SeedSummary): Html {
  return deviation === null ? html`` : html`<span class="range">${points(mean)} ± ${points(deviation)}</span>`;
}

type Entries = [name: string, pair: ScorePairs[string]][];

function pairSections(
  compared: readonly ProtocolComparison[],
  entriesOf: (comparison: ProtocolComparison) => Entries,
  maxDrawn: number,
): Html {
  if (compared.length === 0) return html`<p class="soft">No protocol for relations was requested.</p>`;
  return html`${compared.map((each, index) => {
    const entries = entriesOf(each);
    const drawn = entries.slice(0, maxDrawn);
    const picture = barChart({
      title: "",
      yLabel: "F1, per cent (number of gold items)",
      groups: drawn.map(([name, { first }]) => `${name} (${first.gold})`),
      series: [
        { name: "A", values: drawn.map(([, { first }]) => Math.round(1000 * first.f1) / 10) },
        { name: "B", values: drawn.map(([, { second }]) => Math.round(1000 * second.f1) / 10) },
      ],
      decimals: 1,
      yRange: [0, 100],
      width: 1180,
      height: 280,
      background: false,
    });
    return html`<details${trusted(index === 0 ? " open" : "")}><summary>${each.protocol}</summary>
<div class="picture">${trusted(picture)}</div>
<div class="scroll"><table>
<thead><tr><th scope="col"></th><th scope="col">gold</th><th scope="col">A: P</th><th scope="col">R</th><th scope="col">F1</th><th scope="col">B: P</th><th scope="col">R</th><th scope="col">F1</th><th scope="col">B − A</th></tr></thead>
<tbody>
${entries.map(([name, { first, second }]) => {
  const cells = [first, second].flatMap(({ precision, recall, f1 }) => [precision, recall, f1]);
  return html`<tr><th scope="row"><bdi>${name}</bdi></th><td>${whole(first.gold)}</td>${cells.map((rate) => html`<td>${points(rate)}</td>`)}<td>${signed(second.f1 - first.f1)}</td></tr>`;
})}
</tbody></table></div></details>`;
  })}`;
}
