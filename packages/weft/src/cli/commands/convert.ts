import type { Document, Location, Loss } from "@weft-nlp/core";
import { formats, inputFormats, type OutputFormat, outputFormats, type ReadEvent } from "@weft-nlp/core/formats";
import type { OffsetUnit } from "@weft-nlp/core/text";
import type { TripleFormat } from "@weft-nlp/core/triples";
import { UsageError } from "@weft-nlp/node";
import {
  didYouMean,
  readDocumentList,
  readDocuments,
  selectDocuments,
  standardStream,
  writeDocuments,
} from "@weft-nlp/node/files";
import { refuseStandardOutput, writeTriples } from "@weft-nlp/node/triples";
import { Argument, Option } from "commander";
import { defineCommand } from "../command.ts";
import { LossReport } from "../loss-report.ts";
import { typesFile, withReadingBar } from "../reading.ts";
import { conversionFormats, conversionTarget, withLosses } from "../triple-conversion.ts";
import { type TripleFlags, tripleOptions } from "../triple-options.ts";
import { count } from "../words.ts";

interface Options extends TripleFlags {
  readonly from?: string;
  readonly to?: string;
  readonly strict?: boolean;
  readonly offsets?: OffsetUnit;
  readonly mentions?: "nearest" | "first";
  readonly spans?: "head" | "extent";
  readonly list?: string;
  readonly types?: string;
}

export const convert = defineCommand<[input: string, output: string], Options>({
  name: "convert",
  group: "Data and scores",
  summary: "turn annotation of one format into another",
  details:
    "Reads and writes as a stream, and lists on standard error everything that could not be carried over: what, where, why and how " +
    "many. The input's format is seen from its content, the output's from its ending where only one format has it. A corpus of " +
    "one file a document is named as a folder. The output is there as a whole or not at all.",
  arguments: [
    new Argument("<input>", "a file, plain or gzip, a folder in a format that is one (brat, ACE05), or - for standard input"),
    new Argument("<output>", "a file, compressed where it ends in .gz, a new folder for brat, or - for standard output"),
  ],
  options: [
    new Option("--from <format>", "read the input as this format instead of looking at it"),
    new Option("--to <format>", "write this format"),
    new Option("--strict", "exit with 1 where anything was lost"),
    new Option(
      "--offsets <unit>",
      "what character offsets of the input count, where it is not seen from the words beside them",
    ).choices(["utf16", "codepoint", "grapheme"]),
    new Option(
      "--mentions <rule>",
      "which place is meant where words occur several times and the format has no offsets (default: nearest)",
    ).choices(["nearest", "first"]),
    new Option("--spans <which>", "which words a mention has where the corpus marks both (default: head)").choices([
      "head",
      "extent",
    ]),
    new Option("--types <file>", "the types file of SpERT's format, where it is not found by its name"),
    new Option("--list <file>", "only the documents that this file names, one a line: a part of a split"),
    ...tripleOptions,
  ],
  json: true,
  listValues: {
    from: () => Object.keys(inputFormats),
    to: () => [...Object.keys(outputFormats), ...Object.keys(conversionFormats)],
  },
  examples: [
    ["weft convert annotations/ train.jsonl", "a brat folder into Weft's own format"],
    ["weft convert train.jsonl.gz train/ --to brat", "and back"],
    ["weft convert ACE05/English train.jsonl --list train.txt", "one part of a licensed corpus"],
    ["weft convert export.json spert/train.json --to spert --strict", "fail where anything is lost"],
    ["weft convert gold.jsonl gold.nt", "as triples for a store; docs/triples.md has their forms"],
  ],
  run: async (context, [input, output], options) => {
    const { terminal, signal } = context;
    if (terminal.json && output === standardStream)
      throw new UsageError("--json prints the report, so the output must be a file");
    const target = conversionTarget(output, options.to) ?? targetFormat(output, options.to);
    if ("open" in target && output === standardStream) refuseStandardOutput(target);
    const report = new LossReport();
    const total = { documents: 0, entities: 0, relations: 0 };
    let at: Location = {};
    await withReadingBar([input], context, async (onBytes) => {
      const { from: format, offsets: offsetUnit, mentions, spans } = options;
      const all = readDocuments(input, {
        format,
        beside: typesFile(options.types),
        offsetUnit,
        mentions,
        spans,
        signal,
        onBytes,
      });
      const events = options.list === undefined ? all : selectDocuments(all, await readDocumentList(options.list));
      const onLoss = (loss: Loss): void => report.add({ ...loss, ...placeOf(at), path: pathOf(loss) });
      const documents = documentsOf(events);
      if ("open" in target) await writeTriples(output, target, withLosses(documents, target, onLoss), options);
      else await writeDocuments(output, target, documents, onLoss);
    });
    if (terminal.json)
      await terminal.printJson({ input, output, to: target.name, ...total, lost: report.total, losses: report.toJson() });
    else {
      const counts = [
        count(total.documents, "document"),
        count(total.entities, "entity", "entities"),
        count(total.relations, "relation"),
      ];
      const beside = "open" in target || target.layout === "folder" ? undefined : target.companions?.join(" and ");
      terminal.say(
        `${counts.join(", ")} read and written as ${target.title}${beside === undefined ? "" : `, with ${beside} beside it`}`,
      );
      for (const note of notesOn(target)) terminal.say(terminal.errorStyle("dim", note));
      if (report.total > 0) terminal.say(report.print(terminal.errorStyle));
    }
    return options.strict === true && report.total > 0 ? 1 : 0;

    async function* documentsOf(events: AsyncIterable<ReadEvent>): AsyncGenerator<Document> {
      for await (const event of events) {
        if (event.kind === "loss") {
          report.add(event.loss);
          continue;
        }
        total.documents++;
        total.entities += event.document.entities.length;
        total.relations += event.document.relations.length;
        at = event.at;
        yield event.document;
      }
    }
  },
});

/** Where a document stood in the input; what was lost in writing is looked for there. */
function placeOf({ source, line }: Location): Pick<Location, "source" | "line"> {
  return { source, line };
}

/** A writer names the document as the source of a loss. */
function pathOf({ source, path = "" }: Loss): string {
  return source === undefined ? path : `${source} ${path}`;
}

function targetFormat(output: string, name: string | undefined): OutputFormat {
  if (name !== undefined) {
    const format = Object.hasOwn(outputFormats, name) ? outputFormats[name] : undefined;
    if (format === undefined) {
      const names = [...Object.keys(outputFormats), ...Object.keys(conversionFormats)];
      throw new UsageError(
        `there is no format ${JSON.stringify(name)}`,
        didYouMean(name, names) ?? `formats: ${names.join(", ")}`,
      );
    }
    if (output === standardStream && (format.layout === "folder" || format.companions !== undefined)) {
      throw new UsageError(`${format.title} is more than one file and cannot go to standard output`, "name a file or folder");
    }
    return format;
  }
  if (output === standardStream) return formats.jsonl;
  const path = output.toLowerCase().replace(/\.gz$/, "");
  const fitting = Object.values(outputFormats).filter(({ layout, extensions }) =>
    layout === "folder"
      ? /(?:[/\\]|[/\\][^./\\]+|^[^./\\]+)$/.test(output)
      : extensions.some((extension) => path.endsWith(extension)),
  );
  const [first] = fitting;
  const own = fitting.find(({ name }) => name === formats.jsonl.name);
  if (first !== undefined && fitting.length === 1) return first;
  if (own !== undefined) return own;
  const names = (fitting.length > 0 ? fitting : Object.values(outputFormats)).map(({ name }) => name).join(", ");
  const problem = fitting.length > 0 ? "several formats have this ending" : "no format has this ending";
  throw new UsageError(`${problem}: ${output}`, `name one with --to: ${names}`);
}

/** What the target does not keep of any document, by its nature, said once and not counted. */
function notesOn(target: OutputFormat | TripleFormat): string[] {
  if ("open" in target) {
    return [
      `${target.title} has ${target.holds === "relations" ? "relations" : "entities and relations"} with their places, not the documents`,
    ];
  }
  const { title, holds } = target;
  const gone = [
    ...(holds.ids ? [] : ["the ids of documents"]),
    ...(holds.text ? [] : ["the spacing of the text"]),
    ...(holds.tokens ? [] : ["tokens, which are found anew when it is read"]),
    ...(holds.record === "document" ? [] : ["documents as such: a record is a sentence"]),
  ];
  return gone.length === 0 ? [] : [`${title} does not keep ${gone.join("; ")}`];
}
