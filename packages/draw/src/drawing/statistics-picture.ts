import type { CorpusStatistics } from "@weft-nlp/core/metrics";
import { escapeXml } from "@weft-nlp/core/text";
import { chartMargin, chartRules, labelSize, seriesClass } from "./axes.ts";
import { fitText, textWidth } from "./text-width.ts";
import { round, svgFrame, type Theme } from "./theme.ts";

/** The corpora to draw, and the look of the picture. */
export interface StatisticsPicture {
  readonly title: string;
  readonly corpora: readonly { readonly name: string; readonly statistics: CorpusStatistics }[];
  /** Number of types to list before the rest are combined. Defaults to 12. */
  readonly shownTypes?: number | undefined;
  readonly width?: number | undefined;
  readonly theme?: Theme | undefined;
  readonly background?: boolean | undefined;
}

/**
 * The statistics of corpora as one SVG element. Each has bars for the lengths of sentences,
 * entities and triples per sentence, overlap classes, words between the ends of relations, and
 * types. The bars of a panel share one scale, from 0.
 */
export function statisticsPicture(picture: StatisticsPicture): string {
  const { title, corpora, shownTypes = 12, width = 900, theme = "auto", background = true } = picture;
  const columnWidth = (width - 2 * chartMargin - columnGap) / 2;
  const parts = [
    `<text class="weft-title" x="${chartMargin}" y="30">${escapeXml(fitText(title, 16, width - 2 * chartMargin))}</text>`,
  ];
  let y = 44;
  for (const { name, statistics } of corpora) {
    const counts = `${whole(statistics.sentences)} sentences, ${whole(statistics.entities)} entities, ${whole(statistics.relations)} relations`;
    const heading = corpora.length > 1 ? `${name}: ${counts}` : counts;
    y += 16;
    parts.push(
      `<text class="weft-name" x="${chartMargin}" y="${round(y)}">${escapeXml(fitText(heading, labelSize, width - 2 * chartMargin))}</text>`,
    );
    const panels = panelsOf(statistics, shownTypes);
    for (let first = 0; first < panels.length; first += 2) {
      const row = panels.slice(first, first + 2);
      for (const [column, panel] of row.entries())
        parts.push(drawPanel(panel, chartMargin + column * (columnWidth + columnGap), y, columnWidth));
      y += Math.max(...row.map(({ rows }) => panelHeight(rows.length)));
    }
    y += 12;
  }
  return svgFrame({
    width,
    height: y + 6,
    title,
    description: corpora.map(({ name, statistics }) => `${name}: ${describe(statistics, shownTypes)}`).join(" ") || "No data.",
    theme,
    background,
    series: 1,
    rules: chartRules(theme, 1),
    body: parts.join("\n"),
  });
}

const columnGap = 36;
const rowHeight = 18;

interface Panel {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, count: number])[];
  /** The total for shares, if an item may count in two rows. Defaults to the sum. */
  readonly of?: number | undefined;
}

function panelsOf(statistics: CorpusStatistics, shownTypes: number): Panel[] {
  const panels: Panel[] = [
    { title: "Sentences by length in tokens", rows: Object.entries(statistics.sentenceLengths) },
    { title: "Sentences by number of entities", rows: Object.entries(statistics.entityCounts) },
    { title: "Sentences by number of triples", rows: Object.entries(statistics.triplesPerSentence) },
    { title: "Relations by words between their ends", rows: Object.entries(statistics.distances) },
    { title: "Sentences by overlap of triples", rows: Object.entries(statistics.overlap), of: statistics.sentences },
    { title: "Entities by type", rows: topTypes(statistics.entityTypes, shownTypes) },
    { title: "Relations by type", rows: topTypes(statistics.relationTypes, shownTypes) },
  ];
  return panels.filter(({ rows }) => rows.length > 0);
}

function topTypes(counts: Readonly<Record<string, number>>, shown: number): (readonly [string, number])[] {
  const all = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (all.length <= shown + 1) return all;
  const rest = all.slice(shown).reduce((sum, [, count]) => sum + count, 0);
  return [...all.slice(0, shown), [`${whole(all.length - shown)} more types`, rest]];
}

function panelHeight(rows: number): number {
  return 34 + rows * rowHeight + 10;
}

function drawPanel({ title, rows, of }: Panel, left: number, top: number, width: number): string {
  const total = of ?? rows.reduce((sum, [, count]) => sum + count, 0);
  const max = Math.max(1, ...rows.map(([, count]) => count));
  const names = rows.map(([name]) => fitText(name, labelSize, width * 0.42));
  const nameWidth = Math.max(...names.map((name) => textWidth(name, labelSize)));
  const numberWidth = Math.max(...rows.map(([, count]) => textWidth(labelOf(count, total), 11))) + 8;
  const zero = left + nameWidth + 8;
  const reach = Math.max(20, left + width - numberWidth - zero);
  const drawn = rows.map(([name, count], index) => {
    const y = top + 34 + index * rowHeight;
    const length = (count / max) * reach;
    return [
      `<g><title>${escapeXml(`${name}: ${labelOf(count, total)}`)}</title>`,
      `<text class="weft-name weft-end" x="${round(zero - 8)}" y="${round(y + 12)}">${escapeXml(names[index] ?? "")}</text>`,
      count === 0
        ? ""
        : `<rect class="weft-solid" x="${round(zero)}" y="${round(y + 2)}" width="${round(Math.max(1, length))}" height="13" rx="2"/>`,
      `<text class="weft-tick" x="${round(zero + length + 6)}" y="${round(y + 12)}">${labelOf(count, total)}</text></g>`,
    ].join("");
  });
  const heading = `<text class="weft-tick" x="${round(left)}" y="${round(top + 26)}">${escapeXml(title)}</text>`;
  const axis = `<path class="weft-axis" d="M${round(zero)} ${round(top + 34)}v${rows.length * rowHeight}"/>`;
  return `<g class="${seriesClass(0)}">${heading}${drawn.join("\n")}${axis}</g>`;
}

function labelOf(count: number, total: number): string {
  return total === 0 || count === 0 ? whole(count) : `${whole(count)} · ${((100 * count) / total).toFixed(1)} %`;
}

function describe(statistics: CorpusStatistics, shownTypes: number): string {
  return panelsOf(statistics, shownTypes)
    .map(({ title, rows }) => `${title}: ${rows.map(([name, count]) => `${name} ${count}`).join(", ")}.`)
    .join(" ");
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}
