import { defaultOverlap, defaultWindow, type LongSentence } from "@weft-nlp/core/inference";
import { UsageError } from "@weft-nlp/node";
import { Extractor, modelIdentity } from "@weft-nlp/node/extractor";
import { type InputKind, readInput, standardStream } from "@weft-nlp/node/files";
import { openTriples, type TripleFormatName, type TripleOutput, tripleFormats } from "@weft-nlp/node/triples";
import { Argument, Option } from "commander";
import { defineCommand } from "../command.ts";
import { type ComputeFlags, computeOptions, probability, wholeNumber } from "../compute-options.ts";
import { type TripleFlags, tripleOptions, tripleTargets } from "../triple-options.ts";
import { count } from "../words.ts";

interface Options extends ComputeFlags, TripleFlags {
  readonly input?: InputKind;
  readonly format?: TripleFormatName;
  readonly out: readonly string[];
  readonly threshold?: number;
  readonly minConfidence: number;
  readonly window: number;
  readonly overlap?: number;
}

export const extractCommand = defineCommand<[model: string, files: readonly string[]], Options>({
  name: "extract",
  group: "Models",
  summary: "find entities and relations in text",
  details:
    "Reads text, a document a line, and prints a JSON line for each: tokens, entities with character offsets, relations, and a " +
    "confidence on everything; or triples in a form for the next tool (--format, --out). Works as a stream: memory does not grow with " +
    "the input, and results come while input still arrives. Files are there as a whole or not at all. " +
    `Sentences of more than ${defaultWindow} tokens are read in windows that overlap (--window, --overlap).`,
  arguments: [
    new Argument("<model>", "a model's folder, or a run's"),
    new Argument("[files...]", "text or JSONL, plain or gzip; standard input where left out, or by -"),
  ],
  options: [
    new Option(
      "--input <kind>",
      "text: a document a line; paragraphs: up to an empty line; jsonl: by file name where left out",
    ).choices(["text", "paragraphs", "jsonl"]),
    new Option("--format <name>", "what to write; jsonl where left out, or as the ending of --out says").choices(
      Object.keys(tripleFormats),
    ),
    new Option(
      "--out <file>",
      "write here, compressed where it ends in .gz; a new folder for neo4j-csv; may be given several times",
    )
      .default([], "standard output")
      .argParser((path: string, before: readonly string[]) => [...before, path]),
    ...tripleOptions,
    new Option("--threshold <p>", "probability from which a relation counts; the model's own where left out").argParser(
      probability,
    ),
    new Option("--min-confidence <p>", "leave out entities and relations less sure than this").default(0).argParser(probability),
    new Option("--window <n>", "tokens read at once; longer sentences are read in windows")
      .default(defaultWindow)
      .argParser(wholeNumber(1)),
    new Option("--overlap <n>", `tokens that windows share (default: ${defaultOverlap}, less in small windows)`).argParser(
      wholeNumber(0),
    ),
    ...computeOptions,
  ],
  json: true,
  examples: [
    ['echo "Ada Lovelace founded Acme in Paris." | weft extract runs/weft-1', "one sentence"],
    ["weft extract runs/weft-1 articles.txt.gz --format triples", "only who, what and whom"],
    ["weft extract runs/weft-1 articles.txt.gz --out found.jsonl --out graph.nt.gz --out table.parquet", "three files at once"],
  ],
  run: async (context, [model, files], options) => {
    const { terminal, signal } = context;
    const { format, out, base, escapeFormulas, ...extraction } = options;
    const targets = tripleTargets(out, format);
    if (terminal.json && targets.some(({ path }) => path === standardStream)) {
      throw new UsageError("--json prints the counts, so the output must be a file", "name it with --out");
    }
    const identity = await modelIdentity(model);
    const extractor = await Extractor.open(model, options);
    const bar = terminal.progress("extracting", 0);
    const total = { documents: 0, entities: 0, relations: 0 };
    const long = { sentences: 0, windows: 0, unread: 0 };
    const onLongSentence = ({ windows, unread }: LongSentence): void => {
      long.sentences++;
      long.windows += windows;
      long.unread += unread;
    };
    const outputs: TripleOutput[] = [];
    try {
      for (const target of targets)
        outputs.push(await openTriples(target.path, target.format, { model: identity, base, escapeFormulas }));
      for (const path of files.length === 0 ? [standardStream] : files) {
        const input = readInput(path, { input: options.input, signal });
        for await (const document of extractor.documents(input, { ...extraction, signal, onLongSentence })) {
          total.documents++;
          total.entities += document.entities.length;
          total.relations += document.relations.length;
          for (const output of outputs) await output.write(document);
          bar.update(total.documents);
        }
      }
      for (const output of outputs) await output.close();
    } catch (cause) {
      for (const output of outputs) await output.abort();
      throw cause;
    } finally {
      bar.stop();
      await extractor.close();
    }
    if (terminal.json) {
      const written = targets.map((target) => ({ path: target.path, format: target.format.name }));
      await terminal.printJson({ ...total, longSentences: long, model: identity, outputs: written });
    }
    terminal.say(`${count(total.relations, "relation")} in ${count(total.documents, "document")}`);
    for (const note of notesOn(long, options.window)) terminal.say(note);
  },
});

/** What is to be known of sentences that were not read at once. */
function notesOn(
  { sentences, windows, unread }: { sentences: number; windows: number; unread: number },
  window: number,
): string[] {
  if (sentences === 0) return [];
  const read = `${count(sentences, "sentence")} of more than ${count(window, "token")}, read in ${count(windows, "window")} that overlap`;
  const missed = `${count(unread, "entity", "entities")} of the input fit no window and were not read; --overlap makes room`;
  return unread === 0 ? [read] : [read, missed];
}
