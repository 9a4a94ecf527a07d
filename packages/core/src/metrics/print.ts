import { inBucketOrder } from "./breakdowns.ts";
import { coOccurrenceWords } from "./co-occurrence.ts";
import type { Average, Score } from "./counts.ts";
import type { AverageIntervals } from "./intervals.ts";
import { type BreakdownName, type Buckets, breakdownWords, type ProtocolReport, type Report } from "./report.ts";

/** How reports are printed. */
export interface PrintOptions {
  /** The maximum number of types to list, most frequent first. Defaults to 20. */
  readonly rows?: number | undefined;
}

/**
 * Formats a report as plain text, with each protocol in words above its numbers. Rates are in
 * percent.
 */
export function formatReport(report: Report, options: PrintOptions = {}): string {
  const lines = facts(report);
  for (const section of sections(report, options)) {
    lines.push("", section.title, ...section.notes.map((note) => `  ${note}`));
    lines.push(...section.tables.flatMap((table) => ["", ...textTable(table).map((line) => `  ${line}`)]));
  }
  return `${lines.join("\n")}\n`;
}

/** Formats a report as Markdown. */
export function formatMarkdown(report: Report, options: PrintOptions = {}): string {
  const lines = facts(report).map((fact) => `- ${escapeCell(fact)}`);
  for (const section of sections(report, options)) {
    lines.push("", `### ${escapeCell(section.title)}`, "", section.notes.map(escapeCell).join(" "));
    for (const table of section.tables) lines.push("", ...markdownTable(table));
  }
  return `${lines.join("\n")}\n`;
}

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** A line below the table, if it does not list everything. */
  readonly rest?: string | undefined;
}

interface Section {
  readonly title: string;
  readonly notes: readonly string[];
  readonly tables: readonly Table[];
}

const scoreColumns = ["P", "R", "F1", "right", "predicted", "gold"];

function facts(report: Report): string[] {
  const { relations, entities } = report.mistakes;
  const named = [report.dataSet, report.split].filter((part) => part !== null).join(", ");
  return [
    `data: ${named === "" ? "not named" : named}; ${report.sentences} sentences, ${report.sentencesWithoutRelations} without relations`,
    `checkpoint: ${report.selection ?? "how it was chosen was not said"}; seeds: ${report.seeds.join(", ") || "not said"}`,
    `spans count ${report.spanUnit}; empty sentences: ${report.emptySentences}`,
    ...(report.onlyTypes.length === 0 ? [] : [`only these classes count: ${report.onlyTypes.join(", ")}`]),
    `excluded classes: ${report.ignoredTypes.join(", ") || "none"}; an item that occurs twice counts once, in gold and prediction`,
    `mistakes at relations, by spans: ${relations.falseNegative} missed (${relations.argumentMissing} because an argument is missing), ` +
      `${relations.falsePositive} spurious, ${relations.wrongClass} of the wrong class, ${relations.correct} right`,
    `mistakes at entities: ${entities.missing} missing, ${entities.wrongBoundary} with a wrong boundary, ` +
      `${entities.wrongType} of the wrong type, ${entities.spurious} spurious, ${entities.correct} right`,
    coOccurrenceWords(report.coOccurrence),
    ...(report.intervals === null
      ? []
      : [
          `intervals: ${100 * report.intervals.confidence} % of ${report.intervals.resamples} bootstrap resamples of the sentences, seed ${report.intervals.seed}`,
        ]),
    ...(report.cells === null
      ? []
      : [`cells: ${report.cells.predicted} predicted, ${report.cells.withoutEntity} without an entity at both ends`]),
  ];
}

function sections(report: Report, { rows = 20 }: PrintOptions): Section[] {
  return Object.values(report.protocols).map((scored) => ({
    title: `${scored.protocol} (${scored.unit}${scored.unit === "entities" ? "" : scored.directed ? ", directed" : ", undirected"})`,
    notes: [scored.words],
    tables: [summary(scored), byType(scored, rows), ...breakdowns(scored, rows)],
  }));
}

function summary({ micro, macro, weighted, memory, intervals }: ProtocolReport): Table {
  const averageRow = (name: string, average: Average) => [
    `${name}, ${average.classes} classes with gold`,
    ...rates(average),
    "",
    "",
    "",
  ];
  const rangeRow = (name: keyof AverageIntervals) => {
    if (intervals === null) return [];
    const { precision, recall, f1 } = intervals[name];
    const ranges = [precision, recall, f1].map(([low, high]) => `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}`);
    return [["  interval", ...ranges, "", "", ""]];
  };
  const rows = [
    ["micro", ...scoreCells(micro)],
    ...rangeRow("micro"),
    averageRow("macro", macro),
    ...rangeRow("macro"),
    averageRow("weighted by support", weighted),
    ...rangeRow("weighted"),
  ];
  if (memory !== null) rows.push(["memory baseline, micro", ...scoreCells(memory)]);
  return { header: ["all", ...scoreColumns], rows };
}

function byType({ byType: buckets, unit }: ProtocolReport, rows: number): Table {
  return bucketTable(unit === "entities" ? "entity type" : "relation type", Object.entries(buckets), rows);
}

function breakdowns(scored: ProtocolReport, rows: number): Table[] {
  const entries = Object.entries(scored.breakdowns) as [BreakdownName, Buckets][];
  return entries
    .filter(([, buckets]) => Object.keys(buckets).length > 1)
    .map(([name, buckets]) => {
      if (name === "argumentTypes") return bucketTable(breakdownWords[name], Object.entries(buckets), rows);
      const ordered = inBucketOrder(buckets);
      return bucketTable(breakdownWords[name], ordered, ordered.length);
    });
}

function bucketTable(title: string, buckets: readonly (readonly [string, Score])[], limit: number): Table {
  const rows = buckets.slice(0, limit).map(([name, score]) => [printable(name), ...scoreCells(score)]);
  const rest = buckets.length > limit ? `and ${buckets.length - limit} more` : undefined;
  return { header: [title, ...scoreColumns], rows, rest };
}

function scoreCells(score: Score): string[] {
  return [...rates(score), String(score.correct), String(score.predicted), String(score.gold)];
}

function rates({ precision, recall, f1 }: { precision: number; recall: number; f1: number }): string[] {
  return [precision, recall, f1].map((rate) => (100 * rate).toFixed(1));
}

function textTable({ header, rows, rest }: Table): string[] {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => columnsOf(row[column] ?? ""))));
  const pad = (cell: string, column: number) => {
    const space = " ".repeat((widths[column] ?? 0) - columnsOf(cell));
    return column === 0 ? cell + space : space + cell;
  };
  const lines = [header, ...rows].map((row) => row.map(pad).join("  ").trimEnd());
  return rest === undefined ? lines : [...lines, rest];
}

/** Terminal columns of a text: Chinese, Japanese and Korean characters take two. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60]/u;

function markdownTable({ header, rows, rest }: Table): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  const rule = `|${header.map((_, column) => (column === 0 ? " --- " : " ---: ")).join("|")}|`;
  const lines = [line(header), rule, ...rows.map(line)];
  return rest === undefined ? lines : [...lines, "", rest];
}

/** Replaces control characters, since labels come from data and may reach a terminal. */
function printable(label: string): string {
  return label.replace(/\p{Cc}/gu, "\uFFFD");
}

/** Escapes Markdown and HTML markup, since labels come from data. */
function escapeCell(text: string): string {
  return text.replace(/[\\|`*_<>&[\]]/g, (mark) => `\\${mark}`).replace(/\s+/g, " ");
}
