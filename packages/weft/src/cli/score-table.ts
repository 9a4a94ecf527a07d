import { type ProtocolReport, type Report, textTable } from "@weft/core";
import type { Terminal } from "./terminal.ts";
import { whole } from "./words.ts";
import { wrap } from "./wrap.ts";

/** The micro scores of a report with, below, what each protocol counts as right, and the rules that hold for all. */
export function scoreTable(report: Report, { style, width }: Pick<Terminal, "style" | "width">): string {
  const scored = Object.values(report.protocols);
  const withMemory = scored.some(({ memory }) => memory !== null);
  const header = ["protocol", "P", "R", "F1", "macro F1", ...(withMemory ? ["memory F1"] : []), "right", "predicted", "gold"];
  const rows = scored.map((each) => row(each, withMemory));
  const table = textTable(header, rows, { width, align: ["left", ...header.slice(1).map(() => "right" as const)] });
  const nameWidth = Math.max(0, ...scored.map(({ protocol }) => protocol.length));
  const words = scored.flatMap(({ protocol, words }) =>
    wrap(words, width - nameWidth - 2).map(
      (line, index) => `${style("cyan", (index === 0 ? protocol : "").padEnd(nameWidth))}  ${line}`,
    ),
  );
  const notes = [
    `P, R and F1 are micro averages over all types, macro F1 the mean over types that gold has; in per cent.`,
    "Spans count tokens. What occurs twice in a sentence counts once. A sentence where neither side has an item changes nothing.",
    ...(withMemory ? ["memory: what predicting every training triple whose two strings occur in the sentence would give."] : []),
  ].flatMap((note) => wrap(note, width));
  const [head = "", ...rest] = table.split("\n");
  return [[style("bold", head), ...rest].join("\n"), words.join("\n"), notes.map((line) => style("dim", line)).join("\n")].join(
    "\n\n",
  );
}

function row({ protocol, micro, macro, memory }: ProtocolReport, withMemory: boolean): string[] {
  const rates = [micro.precision, micro.recall, micro.f1, macro.f1].map(points);
  const counts = [micro.correct, micro.predicted, micro.gold].map(whole);
  return [protocol, ...rates, ...(withMemory ? [memory === null ? "–" : points(memory.f1)] : []), ...counts];
}

function points(rate: number): string {
  return (100 * rate).toFixed(1);
}
