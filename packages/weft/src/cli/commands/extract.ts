import { type Document, recordOf, triplesOf } from "@weft/core";
import { Argument, Option } from "commander";
import { type InputKind, readInput } from "../../files/read-inputs.ts";
import { Extractor } from "../../runs/extractor.ts";
import { defineCommand } from "../command.ts";
import { type ComputeFlags, computeOptions, probability, wholeNumber } from "../compute-options.ts";
import { count } from "../words.ts";

interface Options extends ComputeFlags {
  readonly input?: InputKind;
  readonly as: "jsonl" | "triples";
  readonly threshold?: number;
  readonly minConfidence: number;
  readonly window?: number;
  readonly overlap?: number;
}

export const extractCommand = defineCommand<[model: string, files: readonly string[]], Options>({
  name: "extract",
  group: "Models",
  summary: "find entities and relations in text",
  details:
    "Reads text, a document a line, and prints a JSON line for each: tokens, entities with character offsets, relations, and a " +
    "confidence on everything. Works as a stream: memory does not grow with the input, and results come while input still arrives. " +
    "Sentences of more than 256 tokens are read in windows that overlap (--window, --overlap).",
  arguments: [
    new Argument("<model>", "a model's folder, or a run's"),
    new Argument("[files...]", "text or JSONL, plain or gzip; standard input where left out, or by -"),
  ],
  options: [
    new Option(
      "--input <kind>",
      "text: a document a line; paragraphs: up to an empty line; jsonl: by file name where left out",
    ).choices(["text", "paragraphs", "jsonl"]),
    new Option("--as <form>", "jsonl, or triples: head, relation, tail and confidence between tabs")
      .choices(["jsonl", "triples"])
      .default("jsonl"),
    new Option("--threshold <p>", "probability from which a relation counts; the model's own where left out").argParser(
      probability,
    ),
    new Option("--min-confidence <p>", "leave out entities and relations less sure than this").default(0).argParser(probability),
    new Option("--window <n>", "tokens read at once; longer sentences are read in windows (default: 256)").argParser(
      wholeNumber(1),
    ),
    new Option("--overlap <n>", "tokens that windows share (default: 64)").argParser(wholeNumber(0)),
    ...computeOptions,
  ],
  examples: [
    ['echo "Ada Lovelace founded Acme in Paris." | weft extract runs/weft-1', "one sentence"],
    ["weft extract runs/weft-1 articles.txt.gz --as triples > triples.tsv", "a whole file"],
  ],
  run: async (context, [model, files], options) => {
    const { terminal, signal } = context;
    const extractor = await Extractor.open(model, options);
    const paths = files.length === 0 ? ["-"] : files;
    const bar = terminal.progress("extracting", 0);
    let documents = 0;
    let relations = 0;
    try {
      for (const path of paths) {
        const input = readInput(path, { input: options.input, signal });
        for await (const document of extractor.documents(input, { ...options, signal })) {
          documents++;
          relations += document.relations.length;
          const text = options.as === "triples" ? triples(document) : JSON.stringify(recordOf(document));
          if (text !== "") await terminal.print(text);
          bar.update(documents);
        }
      }
    } finally {
      bar.stop();
      await extractor.close();
    }
    terminal.say(`${count(relations, "relation")} in ${count(documents, "document")}`);
  },
});

/** A line a relation. */
function triples(document: Document): string {
  return triplesOf(document)
    .map(({ head, relation, tail, confidence }) => [head.text, relation, tail.text, confidence.toFixed(3)].join("\t"))
    .join("\n");
}
