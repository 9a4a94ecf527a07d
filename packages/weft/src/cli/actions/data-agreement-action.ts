import { type Agreement, type AgreementScores, agreement, type KindAgreement, matchAnnotators } from "@weft-nlp/core/annotators";
import { barChart, textTable } from "@weft-nlp/draw";
import { annotatorPaths, readAnnotators, writeFileAtomically } from "@weft-nlp/node/files";
import type { CommandContext, Handler } from "../command.ts";
import type { dataAgreementCommand } from "../commands/data-agreement-command.ts";
import { OmissionReport } from "../omission-report.ts";
import { withReadingBar } from "../reading.ts";
import { count, whole } from "../words.ts";

export const run: Handler<typeof dataAgreementCommand> = async (context, { annotators: inputs, ...options }) => {
  const { terminal, signal } = context;
  const omissions = new OmissionReport();
  const annotators = await withReadingBar(annotatorPaths(inputs), context, async (onBytes) =>
    readAnnotators(inputs, { format: options.format, signal, onBytes, onOmission: (omission) => omissions.add(omission) }),
  );
  const report = agreement(matchAnnotators(annotators));
  if (options.svg !== undefined) {
    await writeFileAtomically(options.svg, picture(report));
    terminal.say(`${options.svg} written`);
  }
  if (terminal.json) return terminal.printJson({ ...report, omitted: omissions.total });
  await terminal.print(describe(report, context, options.all));
  if (omissions.total > 0)
    terminal.say(`${count(omissions.total, "annotation")} could not be carried over; weft data check lists them`);
};

/** Types to list before the rest are summed up. */
const shownTypes = 20;

function describe(report: Agreement, context: CommandContext, all: boolean): string {
  const { style, width } = context.terminal;
  const { annotators, shared, pairs } = report;
  const people = textTable(
    ["annotator", "documents", "entities", "relations"],
    annotators.map(({ name, documents, entities, relations }) => [name, whole(documents), whole(entities), whole(relations)]),
    { width },
  );
  const both = annotators.length === 2 ? "both have" : "at least two have";
  const parts = [
    people,
    `${count(shared.documents, "document")} that ${both}, with ${count(shared.sentences, "sentence")}, matched by ${report.matchedBy}`,
  ];
  for (const kind of ["entities", "relations"] as const) parts.push(kindTable(kind, report, all, context));
  if (pairs.length > 0) {
    const rows = pairs.map(({ annotators: [a, b], documents, entities, relations }) => [
      `${a}, ${b}`,
      whole(documents),
      ...[entities.exact, entities.partial, relations.exact, relations.partial].map(points),
    ]);
    parts.push(textTable(["pair", "documents", "entities F1", "partial", "relations F1", "partial"], rows, { width }));
  }
  const notes = [
    "F1 in per cent: the share of what two annotators marked that both marked. Partial: spans that share a token.",
    `κ of ${report.kappa}: 0 is chance and 1 is full agreement. Relations: among entities that all have.`,
  ];
  return [...parts, style("dim", notes.join("\n"))].join("\n\n");
}

function kindTable(name: "entities" | "relations", report: Agreement, all: boolean, { terminal }: CommandContext): string {
  const kind = report[name];
  const shown = all ? kind.types : kind.types.slice(0, shownTypes);
  const scores = ({ exact, partial }: { exact: AgreementScores; partial: AgreementScores }): string[] => [
    points(exact.f1),
    kappa(exact.kappa),
    points(partial.f1),
    kappa(partial.kappa),
  ];
  const marked = (counts: readonly number[]): string => counts.map(whole).join(" / ");
  const totals = report.annotators.map((_, index) => kind.types.reduce((sum, { marked }) => sum + (marked[index] ?? 0), 0));
  const rows = [
    [name, marked(totals), ...scores(kind)],
    ...shown.map((type) => [`  ${type.type}`, marked(type.marked), ...scores(type)]),
  ];
  const table = textTable([name, "marked", "F1", "κ", "partial F1", "κ"], rows, { width: terminal.width });
  const lines = [table];
  if (shown.length < kind.types.length)
    lines.push(`and ${whole(kind.types.length - shown.length)} rarer types; --all lists them`);
  const confused = confusions(kind, all);
  if (confused !== undefined) lines.push(confused);
  return lines.join("\n");
}

function confusions({ confusions }: KindAgreement, all: boolean): string | undefined {
  if (confusions.length === 0) return undefined;
  const shown = all ? confusions : confusions.slice(0, 5);
  const rest = confusions.length - shown.length;
  const list = shown.map(({ types: [a, b], count }) => `${a} or ${b} (${whole(count)})`).join(", ");
  return `same place, different types: ${list}${rest > 0 ? ` and ${whole(rest)} more` : ""}`;
}

function points(f1: number | null): string {
  return f1 === null ? "–" : (100 * f1).toFixed(1);
}

function kappa(value: number | null): string {
  return value === null ? "–" : value.toFixed(2).replace("-", "−");
}

function picture({ annotators, entities, relations }: Agreement): string {
  const types = [...entities.types, ...relations.types].filter(({ partial }) => partial.f1 !== null).slice(0, shownTypes);
  const values = (rule: "exact" | "partial"): number[] => types.map((type) => 100 * (type[rule].f1 ?? Number.NaN));
  return barChart({
    title: `Agreement of ${annotators.map(({ name }) => name).join(", ")}`,
    yLabel: "F1, %",
    groups: types.map(({ type }) => type),
    series: [
      { name: "exact", values: values("exact") },
      { name: "partial", values: values("partial") },
    ],
    yRange: [0, 100],
    decimals: 0,
    width: Math.max(680, 70 * types.length),
  });
}
