import { join } from "node:path";
import { type Document, documentFromSentence, sentenceDocuments, withAnnotation } from "@weft-nlp/core";
import { Suggester, type Suggestion } from "@weft-nlp/core/corpus";
import { type Thresholds, thresholdOf } from "@weft-nlp/core/metrics";
import type { TextOptions } from "@weft-nlp/core/text";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { textTable } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node/errors";
import { Extractor } from "@weft-nlp/node/extractor";
import { exists, readConfig, readInput, readSentences, standardStream, writeDocuments } from "@weft-nlp/node/files";
import { shortPath } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { suggestCommand } from "../commands/suggest-command.ts";
import { kernelsNote } from "../kernels-note.ts";
import { OmissionReport } from "../omission-report.ts";
import { refuseExisting } from "../refuse-existing.ts";
import { count, skippedWords, whole } from "../words.ts";
import { targetFormat } from "./convert-action.ts";

export const run: Handler<typeof suggestCommand> = async (context, { model, files, out, ...options }) => {
  const { terminal, signal } = context;
  if (terminal.json && out === standardStream) throw new UsageError("--json prints the list, so the output must be a file");
  const target = targetFormat(out, options.to);
  const inputs = files.length === 0 ? [standardStream] : files;
  if (out !== standardStream) await refuseExisting(out, inputs, "an input", options.force);
  const suggester = new Suggester({ count: options.top, variety: options.variety });
  const annotated = [...options.exclude, ...(await dataOfRun(model, context))];
  const extractor = await Extractor.open(model, options);
  const note = kernelsNote(options);
  if (note !== undefined) terminal.say(note);
  const bar = terminal.progress("reading", 0);
  const total = { documents: 0, sentences: 0, skipped: 0 };
  let filesSkipped = 0;
  const { text, threshold: own } = extractor.model.description;
  const threshold = options.threshold ?? own;
  try {
    for (const path of annotated) await exclude(path, suggester, { text, signal });
    for (const path of inputs) {
      const input = readInput(path, { input: options.input, text, signal, onSkipped: () => filesSkipped++ });
      for await (const document of extractor.documents(input, { threshold: lowest(threshold), signal })) {
        bar.update(++total.documents);
        for (const { span: _, ...sentence } of sentenceDocuments(document)) {
          total.sentences++;
          if (!suggester.add(sentence)) total.skipped++;
        }
      }
    }
  } finally {
    bar.stop();
    await extractor.close();
  }
  if (filesSkipped > 0) terminal.say(skippedWords(filesSkipped));
  const chosen = suggester.choose();
  const report = new OmissionReport();
  const given = extractor.model.definition.capabilities.needsGoldEntities;
  const documents = chosen.map((suggestion, index) => printed(suggestion, index, { threshold, bare: options.bare, given }));
  await writeDocuments(out, target, stream(documents), (omission) => report.add(omission));
  if (terminal.json) {
    const suggestions = chosen.map(({ document, uncertainty, relations, similarity }) => ({
      id: document.id,
      text: document.text,
      uncertainty: round(uncertainty),
      relations: round(relations),
      similarity: round(similarity),
    }));
    await terminal.printJson({ ...total, out, to: target.name, suggestions, omitted: report.total, omissions: report.toJson() });
    return;
  }
  const skipped = total.skipped === 0 ? "" : `, ${whole(total.skipped)} of them empty, repeated or annotated already`;
  terminal.say(`${count(total.sentences, "sentence")} read${skipped}`);
  if (chosen.length < options.top) terminal.say(`there are only ${count(chosen.length, "sentence")} to suggest`);
  if (out !== standardStream) await terminal.print(table(chosen, context));
  const where = out === standardStream ? "" : ` in ${out}`;
  terminal.say(`${count(chosen.length, "sentence")}${where}, written as ${target.title}`);
  if (report.total > 0) terminal.say(report.print(terminal.errorStyle));
};

/** Relations with less confidence say nothing about a sentence. */
const leastConfidence = 0.05;

function lowest(threshold: Thresholds): number {
  const all = typeof threshold === "number" ? [threshold] : Object.values(threshold);
  return Math.min(leastConfidence, ...all);
}

const shownSuggestions = 10;

function table(chosen: readonly Suggestion[], { terminal }: CommandContext): string {
  const rows = chosen
    .slice(0, shownSuggestions)
    .map(({ document, uncertainty, relations }, index) => [
      `${index + 1}`,
      uncertainty.toFixed(2),
      relations.toFixed(2),
      document.text.replace(/\s+/g, " "),
    ]);
  const lines = [textTable(["", "unsure, bits", "of relations", "sentence"], rows, { width: terminal.width })];
  if (chosen.length > rows.length) lines.push(terminal.style("dim", `and ${whole(chosen.length - rows.length)} more`));
  return lines.join("\n");
}

interface Printing {
  readonly threshold: Thresholds;
  readonly bare: boolean;
  /** Whether the model needs entities; they are then annotation, not suggestions. */
  readonly given: boolean;
}

/** The sentence as it is written, with what reaches the threshold. */
function printed({ document, uncertainty }: Suggestion, index: number, { threshold, bare, given }: Printing): Document {
  const entities = bare && !given ? [] : document.entities;
  const relations = bare
    ? []
    : document.relations.filter(({ type, confidence = 1 }) => confidence >= thresholdOf(threshold, type));
  const shown = withAnnotation(document, { entities, relations });
  return { ...shown, metadata: { ...shown.metadata, suggested: index + 1, uncertainty: round(uncertainty) } };
}

function round(bits: number): number {
  return Math.round(bits * 1000) / 1000;
}

/** What a run was trained and chosen on; nothing if the folder holds only a model. */
async function dataOfRun(folder: string, { terminal }: CommandContext): Promise<string[]> {
  const path = join(folder, "config.yaml");
  if (!(await exists(path))) return [];
  const config = await readConfig(path, trainConfigSchema());
  const { train, dev } = config.value.data;
  const paths = [config.resolvePath(train, ["data", "train"]), config.resolvePath(dev, ["data", "dev"])];
  const there = await Promise.all(paths.map(exists));
  const missing = paths.filter((_, index) => !there[index]).map(shortPath);
  if (missing.length > 0) terminal.say(`${missing.join(" and ")} of the run: not found, so its sentences are not skipped`);
  return paths.filter((_, index) => there[index]);
}

/** Sentences are known by their words, so all are cut into words by the rules of the model. */
async function exclude(
  path: string,
  suggester: Suggester,
  how: { readonly text: TextOptions | undefined; readonly signal: AbortSignal },
): Promise<void> {
  for await (const event of readSentences(path, how)) {
    if (event.kind === "sentence") suggester.exclude(documentFromSentence(event.sentence));
  }
}

async function* stream<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}
