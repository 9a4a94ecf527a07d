import { coOccurrenceWords, type ProtocolReport, type RateIntervals, type Rates, type Report } from "@weft-nlp/core/metrics";
import { textTable } from "@weft-nlp/draw";
import type { Terminal } from "./terminal.ts";
import { percent, whole } from "./words.ts";
import { wrap } from "./wrap.ts";

/**
 * The scores of a report, followed by what each protocol counts as right, the mistakes, and the
 * common rules.
 */
export function scoreTable(report: Report, { style, width }: Pick<Terminal, "style" | "width">): string {
  const scored = Object.values(report.protocols);
  const header = ["protocol", "average", "P", "R", "F1", "right", "predicted", "gold"];
  const rows = scored.flatMap(rowsOf);
  const nameWidth = Math.max(0, ...scored.map(({ protocol }) => protocol.length));
  const words = scored.flatMap(({ protocol, words }) =>
    wrap(words, width - nameWidth - 2).map(
      (line, index) => `${style("cyan", (index === 0 ? protocol : "").padEnd(nameWidth))}  ${line}`,
    ),
  );
  return [
    table(header, rows),
    words.join("\n"),
    mistakeTable(report),
    notes(report)
      .flatMap((note) => wrap(note, width))
      .map((line) => style("dim", line))
      .join("\n"),
  ].join("\n\n");

  function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
    const [head = "", ...rest] = textTable(header, rows, { width, align: header.map(alignment) }).split("\n");
    return [style("bold", head), ...rest].join("\n");
  }

  /** The mistakes, as counts and as shares of all mistakes in the row. */
  function mistakeTable({ mistakes: { relations, entities } }: Report): string {
    const row = (name: string, counts: readonly (number | null)[], right: number): string[] => {
      const wrong = counts.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      const cells = counts.map((value) => (value === null ? "–" : `${whole(value)} (${percent(value, wrong)})`));
      return [name, ...cells, whole(right)];
    };
    return table(
      ["mistakes", "false negative", "false positive", "wrong class", "wrong boundary", "right"],
      [
        row("relations", [relations.falseNegative, relations.falsePositive, relations.wrongClass, null], relations.correct),
        row("entities", [entities.missing, entities.spurious, entities.wrongType, entities.wrongBoundary], entities.correct),
      ],
    );
  }
}

/** The rate in per cent with one decimal. */
export function points(rate: number): string {
  return (100 * rate).toFixed(1);
}

/** `45.1–49.8`, in per cent. */
function range([low, high]: readonly [number, number]): string {
  return `${points(low)}–${points(high)}`;
}

/**
 * Micro and macro; for pairs also the average weighted by support, as in the literature; the memory
 * baseline, if known.
 */
function rowsOf({ protocol, micro, macro, weighted, memory, intervals }: ProtocolReport): string[][] {
  const counts = [micro.correct, micro.predicted, micro.gold].map(whole);
  const rows = [[protocol, "micro", ...ratesOf(micro), ...counts], ...rangeRow(intervals?.micro)];
  rows.push(["", "macro", ...ratesOf(macro)]);
  if (protocol.startsWith("pairs")) rows.push(["", "weighted", ...ratesOf(weighted)], ...rangeRow(intervals?.weighted));
  if (memory !== null)
    rows.push(["", "memory", ...ratesOf(memory), ...[memory.correct, memory.predicted, memory.gold].map(whole)]);
  return rows;
}

function rangeRow(ranges: RateIntervals | undefined): string[][] {
  return ranges === undefined ? [] : [["", "", range(ranges.precision), range(ranges.recall), range(ranges.f1)]];
}

function ratesOf({ precision, recall, f1 }: Rates): string[] {
  return [precision, recall, f1].map(points);
}

function alignment(_: string, column: number): "left" | "right" {
  return column === 0 ? "left" : "right";
}

function notes({ protocols, intervals, mistakes, ignoredTypes, onlyTypes, coOccurrence }: Report): string[] {
  const scored = Object.values(protocols);
  const weighted = scored.some(({ protocol }) => protocol.startsWith("pairs"));
  return [
    `In per cent. micro: over all types; macro: mean over the types that gold has${weighted ? "; weighted: that mean weighted by their gold items" : ""}.`,
    ...(intervals === null
      ? []
      : [
          `Below each rate is its ${percent(intervals.confidence, 1).replace(".0", "")} interval: ${whole(intervals.resamples)} bootstrap resamples of the sentences, seed ${intervals.seed}. It covers other test sentences, not other training runs.`,
        ]),
    `Co-occurrence, ${coOccurrenceWords(coOccurrence)}.`,
    `Mistakes: by spans of the arguments, ${mistakes.directed ? "head and tail distinguished" : "in either order"}, whatever the protocol.`,
    "Spans count tokens. What occurs twice in a sentence counts once. A sentence without items in gold and prediction " +
      "changes nothing.",
    ...(onlyTypes.length === 0
      ? []
      : [`Only these types count, on both sides: ${onlyTypes.join(", ")}. A relation keeps its arguments whatever their type.`]),
    ...(ignoredTypes.length === 0 ? [] : [`Ignored on both sides: ${ignoredTypes.join(", ")}.`]),
    ...(scored.some(({ memory }) => memory !== null)
      ? ["memory: the score of predicting every training triple whose two strings occur in the sentence."]
      : []),
  ];
}
