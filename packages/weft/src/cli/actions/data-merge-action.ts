import { applyDecisions, type MergeRule, matchAnnotators, mergeAnnotators, type PlacedDocument } from "@weft-nlp/core/annotators";
import { formats } from "@weft-nlp/core/formats";
import { annotatorPaths, readAnnotators, readDocuments, writeDocuments } from "@weft-nlp/node/files";
import type { Handler } from "../command.ts";
import type { dataMergeCommand } from "../commands/data-merge-command.ts";
import { OmissionReport } from "../omission-report.ts";
import { withReadingBar } from "../reading.ts";
import { refuseExisting } from "../refuse-existing.ts";
import { count, whole } from "../words.ts";
import { targetFormat } from "./convert-action.ts";

export const run: Handler<typeof dataMergeCommand> = async (context, { annotators: inputs, out, ...options }) => {
  const { terminal, signal } = context;
  const target = targetFormat(out, options.to);
  const paths = annotatorPaths(inputs);
  const taken = "an input or the other output";
  await refuseExisting(out, paths, taken, options.force);
  if (options.adjudicate !== undefined) await refuseExisting(options.adjudicate, [...paths, out], taken, options.force);
  const report = new OmissionReport();
  const onOmission = report.add.bind(report);
  const annotators = await withReadingBar(paths, context, async (onBytes) =>
    readAnnotators(inputs, { format: options.format, signal, onBytes, onOmission }),
  );
  const decisions = options.adjudicated === undefined ? [] : await readDecisions(options.adjudicated, signal);
  const merged = mergeAnnotators(matchAnnotators(annotators), options.by);
  const { documents, replaced } = applyDecisions(merged.documents, decisions);
  const decided = new Set(decisions.map(({ document }) => document.id));
  const adjudication = merged.adjudication.filter(({ id }) => !decided.has(id));
  if (options.adjudicate !== undefined) await writeDocuments(options.adjudicate, formats.jsonl, stream(adjudication), onOmission);
  await writeDocuments(out, target, stream(documents), onOmission);
  const { entities, relations, acrossSentences } = merged.counts;
  const kept = {
    entities: documents.reduce((sum, document) => sum + document.entities.length, 0),
    relations: documents.reduce((sum, document) => sum + document.relations.length, 0),
  };
  if (terminal.json) {
    await terminal.printJson({
      annotators: annotators.map(({ name, documents }) => ({ name, documents: documents.length })),
      by: options.by,
      out,
      documents: documents.length,
      kept,
      entities,
      relations,
      disputed: { sentences: adjudication.length, relationsAcrossSentences: acrossSentences },
      decided: replaced,
      omitted: report.total,
      omissions: report.toJson(),
    });
    return;
  }
  const names = annotators.map(({ name }) => name).join(", ");
  terminal.say(
    `${count(documents.length, "document")} of ${names} in ${out}, with ${count(kept.entities, "entity", "entities")} and ` +
      `${count(kept.relations, "relation")} (${ruleWords[options.by]})`,
  );
  for (const [name, { marked, unanimous }] of Object.entries({ entities, relations }))
    terminal.say(`${name}: ${whole(marked)} marked by at least one, ${whole(unanimous)} by all who have the document`);
  if (replaced > 0) terminal.say(`${count(replaced, "sentence")} as decided in ${options.adjudicated}`);
  for (const line of nextSteps(adjudication.length, acrossSentences, options.adjudicate)) terminal.say(line);
  if (report.total > 0) terminal.say(report.print(terminal.errorStyle));
};

const ruleWords: Readonly<Record<MergeRule, string>> = {
  majority: "what more than half have",
  union: "what at least one has",
  intersection: "what all have",
};

function nextSteps(disputed: number, across: number, file: string | undefined): string[] {
  if (disputed === 0 && across === 0) return ["no disagreement is left"];
  const lines =
    file === undefined
      ? [`${count(disputed, "sentence")} in dispute; --adjudicate FILE writes them for the page`]
      : [
          `${count(disputed, "sentence")} in dispute in ${file}: weft serve MODEL --data ${file} --corrections FOLDER, tab Correct`,
        ];
  if (across > 0) lines.push(`${count(across, "disputed relation")} between two sentences follow the rule alone`);
  return lines;
}

async function readDecisions(path: string, signal: AbortSignal): Promise<PlacedDocument[]> {
  const decisions: PlacedDocument[] = [];
  for await (const event of readDocuments(path, { signal })) {
    if (event.kind === "document") decisions.push({ document: event.document, at: event.at });
  }
  return decisions;
}

async function* stream<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}
