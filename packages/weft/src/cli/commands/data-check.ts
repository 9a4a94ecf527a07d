import { formatLocation, textTable } from "@weft/core";
import { Argument, Option } from "commander";
import { readWithFaults } from "../check-reading.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { type CheckedFile, type CheckReport, checkCorpora } from "../corpus-check.ts";
import { printReport } from "../failure.ts";
import { withReadingBar } from "../reading.ts";
import { count, percent, whole } from "../words.ts";

interface Options {
  readonly strict?: boolean;
  readonly format?: string;
}

export const dataCheck = defineCommand<[files: string[]], Options>({
  name: "data check",
  group: "Data and scores",
  summary: "find what is wrong with data before training does",
  details:
    "Reads everything and lists every fault with its place. Files whose names say train, dev and test are compared: labels that " +
    "training lacks, sentences that stand in two files, test triples whose strings occur in training. " +
    "The exit code is 1 where a record is invalid; with --strict also where anything else was found.",
  arguments: [new Argument("<file...>", "annotated files, plain or gzip; - for standard input")],
  options: [
    new Option("--strict", "fail on findings too, not only on invalid records"),
    new Option("--format <name>", "read the files as this format instead of looking at them"),
  ],
  json: true,
  examples: [
    ["weft data check train.jsonl dev.jsonl test.jsonl", "three files that belong together"],
    ["zcat big.jsonl.gz | weft data check -", "from a pipe"],
  ],
  run: async (context, [paths], options) => {
    const files = await withReadingBar(paths, context, async (onBytes) => {
      const read: CheckedFile[] = [];
      for (const path of paths)
        read.push(await readWithFaults(path, { format: options.format, signal: context.signal, onBytes }));
      return read;
    });
    const report = checkCorpora(files);
    if (context.terminal.json) await context.terminal.printJson(report);
    else await context.terminal.print(describe(report, context));
    const faults = report.files.reduce((sum, file) => sum + file.faults.length, 0);
    return faults > 0 || (options.strict === true && report.findings.length > 0) ? 1 : 0;
  },
});

const shownFaults = 20;

function describe({ files, findings, leakage }: CheckReport, { terminal }: CommandContext): string {
  const { style, width } = terminal;
  const faults = files.flatMap((file) => file.faults);
  const table = textTable(
    ["file", "for", "sentences", "faults"],
    files.map(({ source, role, sentences, faults }) => [
      source,
      role ?? "",
      whole(sentences),
      faults.length === 0 ? "none" : whole(faults.length),
    ]),
    { align: ["left", "left", "right", "right"], width },
  );
  const parts = [table];
  if (faults.length > 0) {
    const shown = faults.slice(0, shownFaults).map((fault) => printReport(fault, style));
    if (faults.length > shown.length)
      shown.push(style("dim", `and ${count(faults.length - shown.length, "more fault")}; --json lists all`));
    parts.push(shown.join("\n"));
  }
  if (findings.length > 0) {
    const lines = findings.flatMap(({ message, places }) => [
      `${style("yellow", "•")} ${message}`,
      ...places.map((at) => style("dim", `    ${formatLocation(at).replace(/: $/, "")}`)),
    ]);
    parts.push(lines.join("\n"));
  }
  const leaks = leakage.filter(({ triples }) => triples > 0);
  if (leaks.length > 0) {
    const rows = leaks.map(({ source, triples, seen }) => [source, whole(triples), whole(seen), percent(seen, triples)]);
    parts.push(textTable(["triples of strings that training has too", "triples", "seen", "share"], rows, { width }));
  }
  parts.push(verdict(faults.length, findings.length, terminal.style));
  return parts.join("\n\n");
}

function verdict(faults: number, findings: number, style: CommandContext["terminal"]["style"]): string {
  if (faults > 0) return style("red", `${count(faults, "record")} cannot be read`);
  const rest = findings === 0 ? "" : `; ${count(findings, "thing")} to know before training`;
  return `${style("green", "every record is valid")}${rest}`;
}
