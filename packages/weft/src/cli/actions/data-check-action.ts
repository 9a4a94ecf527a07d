import { formatLocation } from "@weft-nlp/core";
import { type CheckedFile, type CheckReport, checkCorpus, type Problem } from "@weft-nlp/core/corpus";
import { textTable } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node/errors";
import { readWithFaults } from "@weft-nlp/node/files";
import type { CommandContext, Handler } from "../command.ts";
import type { dataCheckCommand } from "../commands/data-check-command.ts";
import { printReport } from "../failure.ts";
import { type FixedFile, fixCorpora, parseRenamings } from "../fix-corpora.ts";
import { textRules, typesFile, withReadingBar } from "../reading.ts";
import type { Style } from "../style.ts";
import { count, percent, whole } from "../words.ts";

export const run: Handler<typeof dataCheckCommand> = async (context, { files: paths, ...options }) => {
  if (options.rename.length > 0 && options.fix === undefined)
    throw new UsageError("--rename changes what --fix writes", "name a new file or folder with --fix");
  const { format, textField, annotator, negatives, columns } = options;
  const [beside, text] = [typesFile(options.types), textRules(options)];
  const reading = { format, textField, annotator, negatives, columns, beside, text, signal: context.signal };
  const files = await withReadingBar(paths, context, async (onBytes) => {
    const read: CheckedFile[] = [];
    for (const path of paths) read.push(await readWithFaults(path, { ...reading, onBytes }));
    return read;
  });
  const report = checkCorpus(files);
  const faults = report.files.reduce((sum, file) => sum + file.faults.length, 0);
  // An unreadable record would be missing from the output, so nothing is written.
  const stops = faults > 0 && !options.skipInvalid;
  const onInvalid = options.skipInvalid ? () => undefined : undefined;
  const fixed =
    options.fix === undefined || stops
      ? undefined
      : await fixCorpora(paths, options.fix, parseRenamings(options.rename, files), { ...reading, onInvalid });
  if (context.terminal.json) await context.terminal.printJson(fixed === undefined ? report : { ...report, fixed });
  else await context.terminal.print(describe(report, fixed, context, options.all));
  if (options.fix !== undefined && stops)
    context.terminal.say("nothing was written: --fix requires that every record is valid, or --skip-invalid");
  else if (faults > 0 && options.skipInvalid) context.terminal.say(`skipped ${count(faults, "invalid document")}`);
  const warnings = report.problems.filter(({ level }) => level === "warning").length;
  return stops || (options.strict && warnings > 0) ? 1 : 0;
};

const shownFaults = 20;
const shownPlaces = 3;

function describe(
  { files, problems, leakage }: CheckReport,
  fixed: readonly FixedFile[] | undefined,
  { terminal }: CommandContext,
  all: boolean,
): string {
  const { style, width } = terminal;
  const faults = files.flatMap((file) => file.faults);
  const rows = files.map(({ source, role, sentences, faults }) => [
    source,
    role ?? "",
    whole(sentences),
    faults.length === 0 ? "none" : whole(faults.length),
  ]);
  const parts = [textTable(["file", "for", "sentences", "faults"], rows, { align: ["left", "left", "right", "right"], width })];
  if (faults.length > 0) {
    const shown = faults.slice(0, shownFaults).map((fault) => printReport(fault, style));
    if (faults.length > shown.length)
      shown.push(style("dim", `and ${count(faults.length - shown.length, "more fault")}; --json lists all`));
    parts.push(shown.join("\n"));
  }
  parts.push(...problems.map((problem) => describeProblem(problem, style, all ? Number.POSITIVE_INFINITY : shownPlaces)));
  const leaks = leakage.filter(({ triples }) => triples > 0);
  if (leaks.length > 0) {
    const head = ["strings also in training", "triples", "seen", "share", "pairs seen", "share"];
    const rows = leaks.map(({ source, triples, seenTriples, pairs, seenPairs }) => [
      source,
      whole(triples),
      whole(seenTriples),
      percent(seenTriples, triples),
      whole(seenPairs),
      percent(seenPairs, pairs),
    ]);
    parts.push(textTable(head, rows, { width }));
  }
  if (fixed !== undefined) parts.push(fixed.map(describeFixed).join("\n"));
  parts.push(verdict(faults.length, problems, style));
  return parts.join("\n\n");
}

function describeProblem({ code, level, message, hint, amount, places }: Problem, style: Style, shown: number): string {
  const mark = level === "warning" ? style("yellow", "!") : style("cyan", "·");
  const lines = places.slice(0, shown).map(({ says, other, ...at }) => {
    const first = `${formatLocation(at)}${says ?? ""}`.replace(/: $/, "");
    const words = other === undefined ? first : `${first}, as in ${formatLocation(other).replace(/: $/, "")}`;
    return style("dim", `    ${words}`);
  });
  const rest = amount - Math.min(shown, places.length);
  if (places.length > 0 && rest > 0) lines.push(style("dim", `    and ${whole(rest)} more`));
  const advice = hint === undefined ? [] : [`    ${style("dim", "→")} ${hint}`];
  return [`${mark} ${message} ${style("dim", `(${code})`)}`, ...lines, ...advice].join("\n");
}

function describeFixed({ input, output, fixes, omitted }: FixedFile): string {
  const done = [
    [fixes.repeatedEntities, "repeated entity removed", "repeated entities removed"],
    [fixes.repeatedRelations, "repeated relation removed", "repeated relations removed"],
    [fixes.renamedEntities, "entity renamed", "entities renamed"],
    [fixes.renamedRelations, "relation renamed", "relations renamed"],
    [fixes.movedSpans, "span moved to whole tokens", "spans moved to whole tokens"],
  ] as const;
  const words = done.filter(([amount]) => amount > 0).map(([amount, one, many]) => count(amount, one, many));
  const gone = omitted === 0 ? "" : `; ${count(omitted, "annotation")} could not be carried over`;
  return `${input} → ${output}: ${words.length === 0 ? "nothing to correct" : words.join(", ")}${gone}`;
}

function verdict(faults: number, problems: readonly Problem[], style: Style): string {
  if (faults > 0) return style("red", `${count(faults, "record")} cannot be read`);
  const warnings = problems.filter(({ level }) => level === "warning").length;
  const said = [
    ...(warnings === 0 ? [] : [count(warnings, "warning")]),
    ...(problems.length === warnings ? [] : [count(problems.length - warnings, "note")]),
  ];
  return `${style("green", "every record is valid")}${said.length === 0 ? "" : `; ${said.join(" and ")}`}`;
}
