import { type SplitOfType, type SplitPart, type SplitPlan, type SplitShares, splitParts } from "@weft-nlp/core/corpus";
import { type OutputFormat, outputFormats } from "@weft-nlp/core/formats";
import { didYouMean } from "@weft-nlp/core/text";
import { textTable } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node/errors";
import { splitCorpus } from "@weft-nlp/node/files";
import type { Handler } from "../command.ts";
import type { dataSplitCommand } from "../commands/data-split-command.ts";
import { OmissionReport } from "../omission-report.ts";
import { textRules, typesFile, withReadingBar } from "../reading.ts";
import type { Style } from "../style.ts";
import { count, percent, whole } from "../words.ts";

export const run: Handler<typeof dataSplitCommand> = async (context, { inputs, ...options }) => {
  const { terminal, signal } = context;
  const shares = sharesOf(options);
  const format = formatNamed(options.to);
  const report = new OmissionReport();
  const { plan, paths } = await withReadingBar(inputs, context, async (onBytes) =>
    splitCorpus(inputs, options.out, {
      shares,
      seed: options.seed,
      format,
      sharedFrom: options.sharedFrom,
      shared: options.shared,
      force: options.force,
      reading: {
        format: options.format,
        negatives: options.negatives,
        columns: options.columns,
        beside: typesFile(options.types),
        text: textRules(options),
        textField: options.textField,
        annotator: options.annotator,
        signal,
        onBytes,
      },
      onOmission: (omission) => report.add(omission),
    }),
  );
  const { parts: _, ...counts } = plan;
  if (terminal.json) {
    const [first] = inputs;
    await terminal.printJson({
      ...(inputs.length === 1 ? { input: first } : { inputs }),
      seed: options.seed,
      shares,
      paths,
      ...counts,
      shortfalls: shortfalls(plan, shares),
      omitted: report.total,
      omissions: report.toJson(),
    });
    return;
  }
  await terminal.print(describe(plan, shares, paths, terminal.style, terminal.width, options.all));
  for (const line of shortfalls(plan, shares)) terminal.say(line);
  if (report.total > 0) terminal.say(report.print(terminal.errorStyle));
};

const usual: SplitShares = { train: 0.8, dev: 0.1, test: 0.1 };

function sharesOf(options: Readonly<Record<SplitPart, number | undefined>>): SplitShares {
  const given = splitParts.filter((part) => options[part] !== undefined);
  if (given.length === 0) return usual;
  const rest = 1 - given.reduce((sum, part) => sum + (options[part] ?? 0), 0);
  if (rest < -1e-9)
    throw new UsageError(`the shares sum to ${round(1 - rest)}, expected at most 1`, "0.8, 0.1 and 0.1, for example");
  if (given.length === splitParts.length && rest > 1e-9)
    throw new UsageError(`the shares sum to ${round(1 - rest)}, expected 1`, "omit one, and it gets the rest");
  const each = Math.max(0, rest) / (splitParts.length - given.length);
  const shareOf = (part: SplitPart): number => options[part] ?? (each < 1e-9 ? 0 : each);
  return { train: shareOf("train"), dev: shareOf("dev"), test: shareOf("test") };
}

function formatNamed(name: string): OutputFormat {
  const format = outputFormats.find(name);
  if (format !== undefined) return format;
  const names = outputFormats.names;
  throw new UsageError(
    `there is no format ${JSON.stringify(name)} to write`,
    didYouMean(name, names) ?? `formats: ${names.join(", ")}`,
  );
}

const shownTypes = 30;

function describe(
  { sizes, types, parts }: SplitPlan,
  shares: SplitShares,
  paths: Readonly<Partial<Record<SplitPart, string>>>,
  style: Style,
  width: number,
  all: boolean,
): string {
  const total = splitParts.reduce((sum, part) => sum + sizes[part].sentences, 0);
  const used = splitParts.filter((part) => shares[part] > 0);
  const files = used.map((part) => {
    const { documents, sentences, relations } = sizes[part];
    return [paths[part] ?? "", whole(documents), whole(sentences), percent(sentences, total), whole(relations)];
  });
  const head = [`${count(parts.length, "document")} divided`, "documents", "sentences", "share", "relations"];
  const tables = [textTable(head, files, { width })];
  if (types.length === 0) return tables.join("\n");
  const shown = all ? types : types.slice(0, shownTypes);
  const rows = shown.map(({ type, total, counts, deviations }) => [
    type,
    whole(total),
    ...used.flatMap((part) => [whole(counts[part]), points(deviations[part])]),
  ]);
  tables.push(textTable(["relation type", "total", ...used.flatMap((part) => [part, "±"])], rows, { width }));
  const notes = ["±: the part's share of the type minus the requested share, in percentage points"];
  if (shown.length < types.length) notes.push(`and ${whole(types.length - shown.length)} rarer types; --all lists them`);
  const missing = used.flatMap((part) => missingIn(part, types));
  return [...tables, [...missing, style("dim", notes.join("\n"))].join("\n")].join("\n\n");
}

/** Says which parts are more than two points off, and why. Empty if none is. */
function shortfalls({ parts, sizes, deviations, groups }: SplitPlan, shares: SplitShares): string[] {
  const asked = splitParts.filter((part) => shares[part] > 0);
  const off = asked.filter((part) => Math.abs(deviations[part]) > 0.02 || sizes[part].documents === 0);
  if (off.length === 0 || parts.length === 0) return [];
  const sentences = splitParts.reduce((sum, part) => sum + sizes[part].sentences, 0);
  const sizesFound = off.map((part) =>
    sizes[part].documents === 0
      ? `${part} is empty`
      : `${part} has ${percent(sizes[part].sentences, sentences)} of the sentences, not ${percent(shares[part], 1)}`,
  );
  const { documents, sentences: size, shared } = groups.largest;
  const share = percent(size, sentences);
  if (documents > 1) {
    const why = shared === undefined ? "have the same id or `doc`" : `share sentences, such as “${shared}”`;
    const help = shared === undefined ? "" : "; a higher --shared-from lets short ones appear in several parts";
    return [`${sizesFound.join("; ")}: ${count(documents, "document")} with ${share} of them ${why} and stay together${help}`];
  }
  const few = `documents are never cut, and ${parts.length === 1 ? "there is only one" : `the largest of ${whole(parts.length)} has ${share} of them`}`;
  return [`${sizesFound.join("; ")}: ${few}`];
}

/**
 * Warns about types that are missing from a part; a type may have fewer relations than there are
 * parts.
 */
function missingIn(part: SplitPart, types: readonly SplitOfType[]): string[] {
  const none = types.filter(({ counts }) => counts[part] === 0);
  return none.length === 0
    ? []
    : [
        `${part} has no examples of ${count(none.length, "relation type")}, each with at most ${Math.max(...none.map(({ total }) => total))} in all`,
      ];
}

function points(deviation: number): string {
  const text = (100 * deviation).toFixed(1);
  return /^-?0\.0$/.test(text) ? "0.0" : `${deviation > 0 ? "+" : "−"}${text.replace("-", "")}`;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
