import { type CorpusStatistics, corpusStatistics, type Distribution } from "@weft-nlp/core/metrics";
import { statisticsPicture, textTable } from "@weft-nlp/draw";
import { writeFileAtomically } from "@weft-nlp/node/files";
import type { CommandContext, Handler } from "../command.ts";
import type { dataStatsCommand } from "../commands/data-stats-command.ts";
import { readCorpora, textRules, typesFile } from "../reading.ts";
import type { Style } from "../style.ts";
import { bar, count, percent, whole } from "../words.ts";

export const run: Handler<typeof dataStatsCommand> = async (context, { files, ...options }) => {
  const { textField, annotator, negatives, columns } = options;
  const how = { textField, annotator, negatives, columns, text: textRules(options) };
  const corpora = await readCorpora(files, context, options.format, typesFile(options.types), how);
  const reports = corpora.map(({ source, sentences, omissions }) => ({
    source,
    ...corpusStatistics(sentences.map(({ sentence }) => sentence)),
    notCarried: omissions.length,
  }));
  if (options.svg !== undefined) {
    const corpora = reports.map(({ source, ...statistics }) => ({ name: source, statistics }));
    const [only] = corpora;
    const title = corpora.length === 1 && only !== undefined ? only.name : `${corpora.length} corpora`;
    await writeFileAtomically(options.svg, statisticsPicture({ title, corpora }));
    context.terminal.say(`${options.svg} written`);
  }
  if (context.terminal.json) return context.terminal.printJson(reports);
  const texts = reports.map((report) => describe(report, context, options.all));
  await context.terminal.print(texts.join("\n\n"));
};

/** Number of types to list before the rest are summed up. */
const shownTypes = 20;

function describe(
  report: CorpusStatistics & { source: string; notCarried: number },
  { terminal }: CommandContext,
  all: boolean,
): string {
  const { style, width } = terminal;
  const { sentences, tokens, entities, relations, words } = report;
  const counts = [
    count(sentences, "sentence"),
    `${count(tokens, "token")} (${whole(words)} different)`,
    count(entities, "entity", "entities"),
    count(relations, "relation"),
  ];
  const parts = [`${style("bold", report.source)}\n${counts.join(style("dim", " · "))}`];
  if (report.notCarried > 0)
    parts.push(`${count(report.notCarried, "annotation")} could not be carried over; weft data check lists them`);
  if (sentences > 0) parts.push(lengths(report));
  if (entities > 0) parts.push(types("entity type", report.entityTypes, width, all, style));
  if (relations > 0) parts.push(types("relation type", report.relationTypes, width, all, style));
  if (sentences > 0) {
    parts.push(
      shares("overlap of triples", report.overlap, sentences, width, style, overlapWords),
      shares("triples", report.triplesPerSentence, sentences, width, style),
    );
  }
  if (relations > 0) {
    parts.push(bars("words between the ends", "relations", Object.entries(report.distances), relations, width, style));
  }
  return parts.join("\n\n");
}

const overlapWords: Readonly<Record<string, string>> = {
  none: "no triple",
  Normal: "Normal",
  SEO: "SEO: triples share an entity",
  EPO: "EPO: triples share a pair",
};

function lengths(report: CorpusStatistics): string {
  const row = (name: string, { min, median, mean, percentile95, max }: Distribution): string[] => [
    name,
    whole(min),
    whole(median),
    mean.toFixed(1),
    whole(percentile95),
    whole(max),
  ];
  return textTable(
    ["", "min", "median", "mean", "95 %", "max"],
    [
      row("tokens in a sentence", report.tokensPerSentence),
      row("entities in a sentence", report.entitiesPerSentence),
      row("relations in a sentence", report.relationsPerSentence),
      row("tokens in an entity", report.tokensPerEntity),
    ],
  );
}

function types(title: string, counts: Readonly<Record<string, number>>, width: number, all: boolean, style: Style): string {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, amount]) => sum + amount, 0);
  const shown = all || entries.length <= shownTypes + 1 ? entries : entries.slice(0, shownTypes);
  const table = bars(`${title} (${whole(entries.length)})`, "count", shown, total, width, style);
  const hidden = entries.slice(shown.length);
  if (hidden.length === 0) return table;
  const rest = hidden.reduce((sum, [, amount]) => sum + amount, 0);
  return `${table}\n${style("dim", `and ${whole(hidden.length)} more types with ${percent(rest, total)} together; --all lists them`)}`;
}

function shares(
  title: string,
  counts: Readonly<Record<string, number>>,
  total: number,
  width: number,
  style: Style,
  names: Readonly<Record<string, string>> = {},
): string {
  const entries = Object.entries(counts).map(([key, amount]): [string, number] => [names[key] ?? key, amount]);
  return bars(title, "sentences", entries, total, width, style);
}

/** A table of counts with bars; the longest bar belongs to the largest count. */
function bars(
  title: string,
  unit: string,
  entries: readonly (readonly [string, number])[],
  total: number,
  width: number,
  style: Style,
): string {
  const max = Math.max(...entries.map(([, amount]) => amount), 1);
  const rows = entries.map(([name, amount]) => [name, whole(amount), percent(amount, total), bar(amount / max, barWidth)]);
  const table = textTable([title, unit, "share", ""], rows, { align: ["left", "right", "right", "left"], width });
  const [header = "", rule = "", ...lines] = table.split("\n");
  const calm = [style("bold", header), style("dim", rule.replace(/ +─+$/, "")), ...lines].join("\n");
  return calm.replaceAll(/[█▏▎▍▌▋▊▉]+/g, (blocks) => style("cyan", blocks));
}

const barWidth = 24;
