import { jsonl as annotation, recordOf } from "../formats/index.ts";
import { textFormat } from "./triple-format.ts";

/** Weft's own format, which every command can read, with the model added to each document. */
export const jsonl = textFormat(
  {
    name: annotation.name,
    title: annotation.title,
    extension: ".jsonl",
    mediaType: "application/x-ndjson",
    describe: "one JSON object per document: text, tokens, entities and relations with all their details",
    holds: "documents",
    appendable: true,
  },
  ({ model }) => ({ of: (document) => `${JSON.stringify({ ...recordOf(document), model })}\n` }),
);
