import {
  type AverageIntervals,
  type BreakdownName,
  type Buckets,
  breakdownWords,
  type ConfusionCell,
  coOccurrenceWords,
  type Interval,
  inBucketOrder,
  type ProtocolReport,
  type RateIntervals,
  type Rates,
  type Report,
  type Score,
} from "@weft-nlp/core/metrics";
import { barChart } from "../drawing/index.ts";
import { type Html, html, trusted } from "./html.ts";
import { nothing, type PageSection } from "./report-page.ts";

/**
 * The sections of a page for one report: scores, mistakes, confusions, and every breakdown of every
 * protocol.
 */
export function scoreSections(report: Report): PageSection[] {
  return [
    { id: "scores", title: "Scores", body: headline(report) },
    { id: "mistakes", title: "Mistakes", body: mistakes(report) },
    { id: "confusion", title: "Confusions", body: confusions(report) },
    { id: "cuts", title: "Breakdowns", body: cuts(Object.values(report.protocols)) },
  ];
}

/** A rate in per cent with one decimal. */
export function points(rate: number): string {
  return (100 * rate).toFixed(1);
}

export function whole(count: number): string {
  return count.toLocaleString("en-US");
}

function headline(report: Report): Html {
  const scored = Object.values(report.protocols);
  const note = report.intervals;
  const withMemory = scored.some(({ memory }) => memory !== null);
  const chart = barChart({
    title: "F1 by protocol",
    yLabel: "micro F1, per cent",
    groups: scored.map(({ protocol }) => protocol),
    series: [
      {
        name: "F1",
        values: scored.map(({ micro }) => rounded(100 * micro.f1)),
        intervals: scored.map(({ intervals }) => {
          const [low, high] = intervals?.micro.f1 ?? [];
          return low === undefined || high === undefined ? null : ([rounded(100 * low), rounded(100 * high)] as const);
        }),
      },
      ...(withMemory
        ? [{ name: "memory", values: scored.map(({ memory }) => (memory === null ? Number.NaN : rounded(100 * memory.f1))) }]
        : []),
    ],
    decimals: 1,
    yRange: [0, 100],
    height: 300,
    width: Math.min(1180, Math.max(420, 110 * scored.length + 120)),
    background: false,
  });
  const words = [
    "In per cent. Micro sums counts over all classes; macro is the mean over the classes that gold has; weighted weighs that mean by their number of gold items.",
    note === null
      ? ""
      : `Below each rate is its ${points(note.confidence).replace(/\.0$/u, "")} % interval: ${whole(note.resamples)} bootstrap resamples of the sentences, seed ${note.seed}. It shows how much the score might vary with another test set of this kind, not with another training run.`,
    withMemory ? "Memory is the score of predicting every training triple whose two strings occur in the sentence." : "",
  ].filter((text) => text !== "");
  const columns = 8;
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">protocol</th><th scope="col">average</th><th scope="col">P</th><th scope="col">R</th><th scope="col">F1</th><th scope="col">right</th><th scope="col">predicted</th><th scope="col">gold</th></tr></thead>
<tbody>
${scored.map((each) => html`${headlineRows(each)}\n<tr><td class="words" colspan="${columns}">${protocolWords(each)}</td></tr>`)}
</tbody></table></div>
${words.map((text) => html`<p class="soft">${text}</p>`)}
<div class="picture">${trusted(chart)}</div>`;
}

function headlineRows({ protocol, micro, macro, weighted, memory, intervals }: ProtocolReport): Html[] {
  const row = (name: string, average: string, rates: Rates, ranges: RateIntervals | undefined, counts: readonly string[]) =>
    html`<tr class="joined"><th scope="row">${name}</th><td>${average}</td>${rateCells(rates, ranges)}${[0, 1, 2].map((at) => html`<td>${counts[at] ?? ""}</td>`)}</tr>`;
  const of = (average: keyof AverageIntervals) => intervals?.[average];
  return [
    row(protocol, "micro", micro, of("micro"), [micro.correct, micro.predicted, micro.gold].map(whole)),
    row("", "macro", macro, of("macro"), ["", "", `${macro.classes} classes`]),
    row("", "weighted", weighted, of("weighted"), []),
    ...(memory === null
      ? []
      : [row("", "memory", memory, undefined, [memory.correct, memory.predicted, memory.gold].map(whole))]),
  ];
}

function rateCells(rates: Rates, ranges: RateIntervals | undefined): Html[] {
  return (["precision", "recall", "f1"] as const).map(
    (name) =>
      html`<td>${points(rates[name])}${ranges === undefined ? html`` : html`<span class="range">${range(ranges[name])}</span>`}</td>`,
  );
}

function range([low, high]: Interval): string {
  return `${points(low)}–${points(high)}`;
}

export function protocolWords({ words, unit, directed }: Pick<ProtocolReport, "words" | "unit" | "directed">): string {
  return unit === "entities" ? words : `${words} (${unit}, ${directed ? "directed" : "undirected"})`;
}

function mistakes({ mistakes: { relations, entities, directed }, coOccurrence }: Report): Html {
  const row = (name: string, values: readonly (number | null)[]) => {
    const wrong = values.slice(0, 4).reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const cells = values.map((value, at) => {
      const share = value === null || at > 3 || wrong === 0 ? "" : `${points(value / wrong)} %`;
      return html`<td>${value === null ? "–" : whole(value)}<span class="range">${share}</span></td>`;
    });
    return html`<tr><th scope="row">${name}</th>${cells}</tr>`;
  };
  return html`<div class="scroll"><table>
<thead><tr><th scope="col"></th><th scope="col">false negative</th><th scope="col">false positive</th><th scope="col">wrong class</th><th scope="col">wrong boundary</th><th scope="col">right</th></tr></thead>
<tbody>
${row("relations", [relations.falseNegative, relations.falsePositive, relations.wrongClass, null, relations.correct])}
${row("entities", [entities.missing, entities.spurious, entities.wrongType, entities.wrongBoundary, entities.correct])}
</tbody></table></div>
<p class="soft">Relations are compared by the spans of their arguments, ${directed ? "head and tail distinguished" : "in either order"}, whatever the types of the arguments. Small numbers are shares of all mistakes in the row. ${whole(relations.argumentMissing)} of the false negatives lack the span of an argument.</p>
<p class="soft">Co-occurrence: ${coOccurrenceWords(coOccurrence)}.</p>`;
}

function confusions({ confusion }: Report): Html {
  return html`<p class="soft">Rows are gold, columns are predictions. Choose a cell to see its sentences.</p>
${(["relations", "entities"] as const).map((what) => html`<h3>${what === "relations" ? "Relations" : "Entities"}</h3>\n${confusionTable(confusion[what])}`)}`;
}

const maxTypes = 16;

function confusionTable(cells: readonly ConfusionCell[]): Html {
  if (cells.length === 0) return html`<p class="soft">There are none.</p>`;
  const support = new Map<string | null, number>();
  for (const { gold, predicted, count } of cells) {
    for (const type of new Set([gold, predicted])) support.set(type, (support.get(type) ?? 0) + count);
  }
  support.delete(null);
  const types = [...support].sort((a, b) => b[1] - a[1]).map(([type]) => type);
  if (types.length > maxTypes) return confusionList(cells);
  const axis = [...types, null];
  const countOf = (gold: string | null, predicted: string | null) =>
    cells.find((cell) => cell.gold === gold && cell.predicted === predicted)?.count ?? 0;
  const largest = Math.max(...cells.map(({ count }) => count));
  const cell = (gold: string | null, predicted: string | null) => {
    const count = countOf(gold, predicted);
    if (count === 0) return html`<td></td>`;
    const shade = (0.08 + 0.42 * Math.sqrt(count / largest)).toFixed(2);
    return html`<td class="${gold === predicted ? "right" : "wrong"}" style="background:rgba(var(--heat),${shade})">${confusionButton({ gold, predicted, count }, whole(count))}</td>`;
  };
  return html`<div class="scroll"><table class="matrix">
<thead><tr><th scope="col">gold</th>${axis.map((type) => html`<th scope="col"><bdi>${type ?? nothing}</bdi></th>`)}</tr></thead>
<tbody>
${axis.map((gold) => html`<tr><th scope="row"><bdi>${gold ?? nothing}</bdi></th>${axis.map((predicted) => cell(gold, predicted))}</tr>`)}
</tbody></table></div>`;
}

/** The most frequent mistakes, for data with too many types for a matrix. */
function confusionList(cells: readonly ConfusionCell[]): Html {
  const wrong = cells.filter(({ gold, predicted }) => gold !== predicted);
  const rows = wrong
    .slice(0, 30)
    .map(
      (cell) =>
        html`<tr><td><bdi>${cell.gold ?? nothing}</bdi></td><td><bdi>${cell.predicted ?? nothing}</bdi></td><td>${confusionButton(cell, whole(cell.count))}</td></tr>`,
    );
  return html`<div class="scroll"><table><thead><tr><th scope="col">gold</th><th scope="col">predicted</th><th scope="col">times</th></tr></thead><tbody>${rows}</tbody></table></div>
${wrong.length > rows.length ? html`<p class="soft">and ${whole(wrong.length - rows.length)} rarer ones</p>` : html``}`;
}

function confusionButton({ gold, predicted }: ConfusionCell, text: string): Html {
  if (gold === predicted) return html`${text}`;
  const label = `${text}: gold ${gold ?? nothing}, predicted ${predicted ?? nothing}`;
  return html`<button class="plain" type="button" data-gold="${gold ?? nothing}" data-predicted="${predicted ?? nothing}" aria-label="${label}">${text}</button>`;
}

function cuts(scored: readonly ProtocolReport[]): Html {
  return html`${scored.map((each, index) => {
    const entries = Object.entries(each.breakdowns) as [BreakdownName, Buckets][];
    const tables = [
      cut(each.unit === "entities" ? "entity type" : "relation type", each.byType, false),
      ...entries
        .filter(([, buckets]) => Object.keys(buckets).length > 1)
        .map(([name, buckets]) => cut(breakdownWords[name], buckets, name !== "argumentTypes")),
    ];
    return html`<details${trusted(index === 0 ? " open" : "")}><summary>${each.protocol}</summary>\n<p class="soft">${protocolWords(each)}</p>\n<div class="cuts">${tables}</div></details>`;
  })}`;
}

/**
 * A table and a picture of one breakdown.
 *
 * @param ordered whether the buckets have a natural order
 */
function cut(title: string, buckets: Buckets, ordered: boolean): Html {
  const entries = ordered ? inBucketOrder(buckets) : Object.entries(buckets);
  const drawn = entries.slice(0, ordered ? entries.length : 12);
  // Names of types need more room than buckets.
  const wide = !ordered && drawn.length > 5;
  const picture = barChart({
    title: "",
    yLabel: "F1, per cent (number of gold items)",
    groups: drawn.map(([name, { gold }]) => `${name} (${gold})`),
    series: [{ name: "F1", values: drawn.map(([, { f1 }]) => rounded(100 * f1)) }],
    decimals: 1,
    yRange: [0, 100],
    width: wide ? 1180 : 560,
    height: 240,
    background: false,
  });
  return html`<div class="${wide ? "wide" : "narrow"}"><h3>${title}</h3>
${drawn.length > 1 ? html`<div class="picture">${trusted(picture)}</div>` : html``}
${bucketTable(entries.slice(0, shownRows))}
${entries.length > shownRows ? html`<details><summary>${whole(entries.length - shownRows)} more</summary>${bucketTable(entries.slice(shownRows))}</details>` : html``}</div>`;
}

const shownRows = 12;

function bucketTable(entries: readonly (readonly [string, Score])[]): Html {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col"></th><th scope="col">P</th><th scope="col">R</th><th scope="col">F1</th><th scope="col">right</th><th scope="col">predicted</th><th scope="col">gold</th></tr></thead>
<tbody>
${entries.map(([name, score]) => html`<tr><th scope="row"><bdi>${name}</bdi></th>${rateCells(score, undefined)}<td>${whole(score.correct)}</td><td>${whole(score.predicted)}</td><td>${whole(score.gold)}</td></tr>`)}
</tbody></table></div>`;
}

/** Drawings print numbers unrounded. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
