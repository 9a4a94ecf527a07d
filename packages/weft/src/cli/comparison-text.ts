import {
  inBucketOrder,
  type ProtocolComparison,
  type ScorePairs,
  type SeedSummary,
  type SystemComparison,
} from "@weft-nlp/core/metrics";
import { bracketedText, comparisonVerdict, type Difference, mistakeNames, signed, textTable } from "@weft-nlp/draw";
import { plain } from "./mistake-examples.ts";
import { points } from "./score-table.ts";
import type { Terminal } from "./terminal.ts";
import { whole } from "./words.ts";
import { wrap } from "./wrap.ts";

type Paper = Pick<Terminal, "style" | "width">;

/**
 * A comparison for the terminal: the verdict, the tests behind it, and where the systems differ by
 * the first protocol.
 */
export function comparisonText(comparison: SystemComparison, { style, width }: Paper): string {
  const compared = Object.values(comparison.protocols);
  const [main] = compared;
  const names = [`${style("bold", "A")}  ${plain(comparison.first)}`, `${style("bold", "B")}  ${plain(comparison.second)}`];
  const header = ["protocol", "A", "B", "B − A", "interval", "p boot", "p rand", "better", "worse", "same"];
  const blocks = [
    names.join("\n"),
    table(header, compared.flatMap(rowsOf)),
    compared.flatMap((each) => wrap(`${each.protocol}: ${comparisonVerdict(each, comparison)}`, width)).join("\n"),
  ];
  if (main !== undefined) {
    blocks.push(pairTable(`${main.protocol}, by type`, Object.entries(main.byType)));
    const byDistance = inBucketOrder(main.byDistance);
    if (byDistance.length > 0) blocks.push(pairTable(`${main.protocol}, by words between`, byDistance));
  }
  const notes = [
    `Micro F1 in per cent, on ${whole(comparison.sentences)} sentences. Paired bootstrap over sentences and approximate randomisation, ${whole(comparison.resamples)} resamples each, seed ${comparison.seed}; p is two-sided, the interval covers ${100 * comparison.confidence} %.`,
    "better and worse: sentences whose own F1 is higher or lower in B.",
    ...(comparison.runs > 1
      ? [
          `Counts of a sentence are summed over the ${comparison.runs} runs of a system before testing; below, mean ± standard deviation of the runs. Gold counts are sums as well.`,
        ]
      : []),
    ...(comparison.onlyTypes.length > 0
      ? [
          `Only these types count, on both sides: ${comparison.onlyTypes.map(plain).join(", ")}. A relation keeps its arguments whatever their type.`,
        ]
      : []),
    ...(comparison.ignoredTypes.length > 0 ? [`Ignored on both sides: ${comparison.ignoredTypes.map(plain).join(", ")}.`] : []),
    ...compared.map(({ protocol, words }) => `${protocol}: ${words}`),
  ];
  blocks.push(
    notes
      .flatMap((note) => wrap(note, width))
      .map((line) => style("dim", line))
      .join("\n"),
  );
  return blocks.join("\n\n");

  function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
    const align = header.map((_, column) => (column === 0 ? ("left" as const) : ("right" as const)));
    const [head = "", ...rest] = textTable(header, rows, { width, align }).split("\n");
    return [style("bold", head), ...rest].join("\n");
  }

  function pairTable(title: string, entries: readonly (readonly [string, ScorePairs[string]])[]): string {
    const rows = entries
      .slice(0, maxRows)
      .map(([name, { first, second }]) => [
        name,
        whole(first.gold),
        ...[first, second].flatMap(({ precision, recall, f1 }) => [precision, recall, f1].map(points)),
        signed(second.f1 - first.f1),
      ]);
    const rest = entries.length > maxRows ? `\nand ${entries.length - maxRows} more` : "";
    return `${table([title, "gold", "A: P", "R", "F1", "B: P", "R", "F1", "B − A"], rows)}${rest}`;
  }
}

const maxRows = 20;

function rowsOf(each: ProtocolComparison): string[][] {
  const { first, second, sentences, p } = each;
  const row = [
    each.protocol,
    points(first.f1),
    points(second.f1),
    signed(each.difference),
    `${signed(each.interval[0])} to ${signed(each.interval[1])}`,
    p.bootstrap.toFixed(4),
    p.randomisation.toFixed(4),
    whole(sentences.better),
    whole(sentences.worse),
    whole(sentences.same),
  ];
  const spread = ({ mean, deviation }: SeedSummary): string =>
    deviation === null ? "" : `${points(mean)} ± ${points(deviation)}`;
  return each.firstRuns.deviation === null ? [row] : [row, ["", spread(each.firstRuns), spread(each.secondRuns)]];
}

/** Sentences on which one system is better, with the annotation of gold and of both systems. */
export function differenceText(found: readonly Difference[], limit: number, { style, width }: Paper): string {
  if (found.length === 0) return "no sentence differs";
  return alternating(found, limit)
    .map(({ sentence, sides, findings, verdict, gain }) => {
      const lines = sides.flatMap((side, at) => {
        const label = ["gold", "A", "B"][at] ?? "";
        const mistakes = findings.filter((finding) => finding.side === at).map(({ kind }) => mistakeNames[kind]);
        const text = wrap(plain(bracketedText(sentence.tokens, side)), width - nameWidth).map(
          (line, index) => `${style("cyan", (index === 0 ? label : "").padEnd(nameWidth))}${line}`,
        );
        return mistakes.length === 0 ? text : [...text, `${" ".repeat(nameWidth)}${style("red", tallied(mistakes))}`];
      });
      const heading = [style("bold", plain(sentence.id)), `B is ${verdict}, F1 ${signed(gain)}`];
      return [heading.join(style("dim", " · ")), ...lines].join("\n");
    })
    .join("\n\n");
}

const nameWidth = 6;

/** Alternates better and worse ones, so that a few examples show both. */
function alternating(found: readonly Difference[], limit: number): Difference[] {
  const better = found.filter(({ verdict }) => verdict === "better");
  const worse = found.filter(({ verdict }) => verdict === "worse");
  const mixed: Difference[] = [];
  for (let at = 0; mixed.length < Math.min(limit, found.length); at += 1) {
    mixed.push(...[better[at], worse[at]].filter((each) => each !== undefined));
  }
  return mixed.slice(0, limit);
}

function tallied(names: readonly string[]): string {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, count]) => `${count} × ${name}`).join(", ");
}
