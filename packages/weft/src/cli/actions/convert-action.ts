import { access } from "node:fs/promises";
import type { Document, Location, Omission } from "@weft-nlp/core";
import { formats, type OutputFormat, outputFormats, type ReadEvent } from "@weft-nlp/core/formats";
import { didYouMean } from "@weft-nlp/core/text";
import type { TripleFormat } from "@weft-nlp/core/triples";
import { UsageError } from "@weft-nlp/node/errors";
import { readDocumentList, readDocuments, selectDocuments, standardStream, writeDocuments } from "@weft-nlp/node/files";
import { refuseStandardOutput, writeTriples } from "@weft-nlp/node/triples";
import type { Handler } from "../command.ts";
import type { convertCommand } from "../commands/convert-command.ts";
import { OmissionReport } from "../omission-report.ts";
import { textRules, typesFile, withReadingBar } from "../reading.ts";
import { SkippedDocuments } from "../skipped-documents.ts";
import { conversionFormats, conversionTarget, withOmissions } from "../triple-conversion.ts";
import { checkedBase } from "../triple-targets.ts";
import { count, withoutAnnotation } from "../words.ts";

export const run: Handler<typeof convertCommand> = async (context, { files, ...options }) => {
  const { terminal, signal } = context;
  const { inputs, output } = await inputsAndOutput(files, options.out);
  if (terminal.json && output === standardStream) throw new UsageError("--json prints the report, so the output must be a file");
  const target = conversionTarget(output, options.to) ?? targetFormat(output, options.to);
  if ("open" in target && output === standardStream) refuseStandardOutput(target);
  const triples = { base: checkedBase(options.base), escapeFormulas: options.escapeFormulas };
  const report = new OmissionReport();
  const skipped = new SkippedDocuments(options.skipInvalid);
  const total = { documents: 0, entities: 0, relations: 0 };
  let at: Location = {};
  await withReadingBar(inputs, context, async (onBytes) => {
    const { from: format, offsets: offsetUnit, mentions, spans, textField, annotator, negatives, columns } = options;
    const reading = {
      ...{ format, beside: typesFile(options.types), offsetUnit, mentions, spans, textField, annotator, negatives, columns },
      ...{ annotation: options.predictions ? ("predicted" as const) : ("gold" as const), text: textRules(options) },
      ...{ onInvalid: skipped.onInvalid, signal, onBytes },
    };
    const all = inOrder(inputs, (input) => readDocuments(input, reading));
    const events = options.list === undefined ? all : selectDocuments(all, await readDocumentList(options.list));
    const onOmission = (omission: Omission): void => report.add({ ...omission, ...placeOf(at), path: pathOf(omission) });
    const documents = documentsOf(events);
    if ("open" in target) await writeTriples(output, target, withOmissions(documents, target, onOmission), triples);
    else await writeDocuments(output, target, documents, onOmission);
  });
  const bare = total.documents > 0 && total.entities + total.relations === 0;
  const warnings = bare ? [withoutAnnotation(inputs.join(", "))] : [];
  if (terminal.json)
    await terminal.printJson({
      ...(inputs.length === 1 ? { input: inputs[0] } : { inputs }),
      output,
      to: target.name,
      ...total,
      ...skipped.toJson(),
      warnings,
      omitted: report.total,
      omissions: report.toJson(),
    });
  else {
    const counts = [
      count(total.documents, "document"),
      count(total.entities, "entity", "entities"),
      count(total.relations, "relation"),
    ];
    const beside = "open" in target || target.layout === "folder" ? undefined : target.companions?.join(" and ");
    terminal.say(
      `${counts.join(", ")} read and written as ${target.title}${beside === undefined ? "" : `, with ${beside} next to it`}`,
    );
    for (const note of notesOn(target)) terminal.say(terminal.errorStyle("dim", note));
    if (report.total > 0) terminal.say(report.print(terminal.errorStyle));
  }
  if (!terminal.json) skipped.say(context);
  for (const warning of warnings) terminal.say(`warning: ${warning}`);
  return options.strict && report.total > 0 ? 1 : 0;

  async function* documentsOf(events: AsyncIterable<ReadEvent>): AsyncGenerator<Document> {
    for await (const event of events) {
      if (event.kind === "omission") {
        report.add(event.omission);
        continue;
      }
      total.documents++;
      total.entities += event.document.entities.length;
      total.relations += event.document.relations.length;
      at = event.at;
      yield event.document;
    }
    skipped.refuseNothing(total.documents);
  }
};

/**
 * The last path is the output, unless `--out` names it. Of several inputs, none may be taken for
 * the output by mistake.
 */
async function inputsAndOutput(
  paths: readonly string[],
  out: string | undefined,
): Promise<{ inputs: readonly string[]; output: string }> {
  const [inputs, output] = out === undefined ? [paths.slice(0, -1), paths.at(-1)] : [paths, out];
  if (output === undefined || inputs.length === 0)
    throw new UsageError("expected an input and an output", "weft convert annotations/ train.jsonl, for example");
  if (out === undefined && inputs.length > 1 && output !== standardStream && (await exists(output))) {
    throw new UsageError(
      `${output} is taken for the output and already exists`,
      "name the output with --out; every other path is then an input",
    );
  }
  const twice = inputs.find((input, index) => inputs.indexOf(input) !== index);
  if (twice !== undefined) throw new UsageError(`the input ${twice} is named twice`);
  return { inputs, output };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function* inOrder<Value>(inputs: readonly string[], read: (input: string) => AsyncIterable<Value>): AsyncGenerator<Value> {
  for (const input of inputs) yield* read(input);
}

/** The location of each document in the input, for omissions in writing. */
function placeOf({ source, line }: Location): Pick<Location, "source" | "line"> {
  return { source, line };
}

/** A writer names the document as the source of an omission. */
function pathOf({ source, path = "" }: Omission): string {
  return source === undefined ? path : `${source} ${path}`;
}

/** The format to write: by its name, or by the ending of the output. @throws {UsageError} */
export function targetFormat(output: string, name: string | undefined): OutputFormat {
  if (name !== undefined) {
    const format = outputFormats.find(name);
    if (format === undefined) {
      const names = [...outputFormats.names, ...Object.keys(conversionFormats)];
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
  const fitting = [...outputFormats].filter(({ layout, extensions }) =>
    layout === "folder"
      ? /(?:[/\\]|[/\\][^./\\]+|^[^./\\]+)$/.test(output)
      : extensions.some((extension) => path.endsWith(extension)),
  );
  const [first] = fitting;
  const own = fitting.find(({ name }) => name === formats.jsonl.name || name === formats.brat.name);
  if (first !== undefined && fitting.length === 1) return first;
  if (own !== undefined) return own;
  const names = (fitting.length > 0 ? fitting : [...outputFormats]).map(({ name }) => name).join(", ");
  const problem = fitting.length > 0 ? "several formats have this ending" : "no format has this ending";
  throw new UsageError(`${problem}: ${output}`, `name one with --to: ${names}`);
}

/** What the target format never keeps of a document; reported once and not counted. */
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
    ...(holds.lineBreaks === false ? ["the line breaks of the text after the first"] : []),
    ...(holds.tokens ? [] : ["tokens, which are recomputed on reading"]),
    ...(holds.record === "document" ? [] : ["document boundaries: a record is a sentence"]),
  ];
  return gone.length === 0 ? [] : [`${title} does not keep ${gone.join("; ")}`];
}
