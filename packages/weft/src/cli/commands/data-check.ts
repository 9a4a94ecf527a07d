import { formatLocation } from "@weft-nlp/core";
import { type CheckedFile, type CheckReport, checkCorpus, type Problem } from "@weft-nlp/core/corpus";
import { textTable } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node";
import { readWithFaults } from "@weft-nlp/node/files";
import { Argument, Option } from "commander";
import { type CommandContext, defineCommand } from "../command.ts";
import { printReport } from "../failure.ts";
import { type FixedFile, fixCorpora, parseRenamings } from "../fix-corpora.ts";
import { typesFile, withReadingBar } from "../reading.ts";
import type { Style } from "../terminal.ts";
import { count, percent, whole } from "../words.ts";

interface Options {
  readonly strict?: boolean;
  readonly format?: string;
  readonly types?: string;
  readonly fix?: string;
  readonly rename?: readonly string[];
  readonly all?: boolean;
}

export const dataCheck = defineCommand<[files: string[]], Options>({
  name: "data check",
  group: "Data and scores",
  summary: "find what is wrong with data before training does",
  details:
    "Reads everything and lists what hurts training, each with its places and what to do: records that cannot be read, spans beside " +
    "tokens, offsets that disagree with the text, names of types that may be slips, relations with odd ends, the same sentence annotated " +
    "in two ways. Files whose names say train, dev and test are compared: labels that training lacks, sentences that stand in two files, " +
    "test triples whose strings occur in training.\n\n" +
    "--fix writes the data anew with everything put right that needs no judgement; the files themselves are never changed. " +
    "--rename adds names of types to change.\n\n" +
    "The exit code is 1 where a record is invalid; with --strict also where there is a warning. Notes never change it.",
  arguments: [new Argument("<file...>", "annotated files, plain or gzip; - for standard input")],
  options: [
    new Option("--strict", "fail on warnings too, not only on invalid records"),
    new Option("--all", "list every place that was kept, not only the first of each problem"),
    new Option("--format <name>", "read the files as this format instead of looking at them"),
    new Option("--types <file>", "the types file of SpERT's format, where it is not found by its name"),
    new Option("--fix <out>", "write corrected data here: a new file, or a new folder for several files or brat"),
    new Option("--rename <names...>", "with --fix: change a type's name, as from=to, entity:from=to or relation:from=to"),
  ],
  json: true,
  examples: [
    ["weft data check train.jsonl dev.jsonl test.jsonl", "three files that belong together"],
    ["zcat big.jsonl.gz | weft data check -", "from a pipe"],
    ["weft data check train.jsonl --fix clean.jsonl --rename relation:Work_For=works_for", "write it anew, corrected"],
  ],
  run: async (context, [paths], options) => {
    if (options.rename !== undefined && options.fix === undefined)
      throw new UsageError("--rename changes what --fix writes", "name a new file or folder with --fix");
    const reading = { format: options.format, beside: typesFile(options.types), signal: context.signal };
    const files = await withReadingBar(paths, context, async (onBytes) => {
      const read: CheckedFile[] = [];
      for (const path of paths) read.push(await readWithFaults(path, { ...reading, onBytes }));
      return read;
    });
    const report = checkCorpus(files);
    const faults = report.files.reduce((sum, file) => sum + file.faults.length, 0);
    // A record that cannot be read would be missing from what is written, so nothing is.
    const fixed =
      options.fix === undefined || faults > 0
        ? undefined
        : await fixCorpora(paths, options.fix, parseRenamings(options.rename ?? [], files), reading);
    if (context.terminal.json) await context.terminal.printJson(fixed === undefined ? report : { ...report, fixed });
    else await context.terminal.print(describe(report, fixed, context, options.all === true));
    if (options.fix !== undefined && faults > 0) context.terminal.say("nothing was written: --fix needs every record valid");
    const warnings = report.problems.filter(({ level }) => level === "warning").length;
    return faults > 0 || (options.strict === true && warnings > 0) ? 1 : 0;
  },
});

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
    const head = ["strings that training has too", "triples", "seen", "share", "pairs seen", "share"];
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

function describeFixed({ input, output, fixes, lost }: FixedFile): string {
  const done = [
    [fixes.repeatedEntities, "repeated entity taken out", "repeated entities taken out"],
    [fixes.repeatedRelations, "repeated relation taken out", "repeated relations taken out"],
    [fixes.renamedEntities, "entity renamed", "entities renamed"],
    [fixes.renamedRelations, "relation renamed", "relations renamed"],
    [fixes.movedSpans, "span moved to whole tokens", "spans moved to whole tokens"],
  ] as const;
  const words = done.filter(([amount]) => amount > 0).map(([amount, one, many]) => count(amount, one, many));
  const gone = lost === 0 ? "" : `; ${count(lost, "annotation")} could not be carried over`;
  return `${input} → ${output}: ${words.length === 0 ? "nothing to put right" : words.join(", ")}${gone}`;
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
