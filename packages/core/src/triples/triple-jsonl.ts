import { jsonl as annotation, recordOf } from "../formats/index.ts";
import { textFormat } from "./triple-format.ts";

/** Weft's own format, which every command reads back, with the model beside the document. */
export const jsonl = textFormat(
  {
    name: annotation.name,
    title: annotation.title,
    extension: ".jsonl",
    mediaType: "application/x-ndjson",
    describe: "a JSON object a document: text, tokens, entities and relations with everything known about them",
    holds: "documents",
  },
  ({ model }) => ({ of: (document) => `${JSON.stringify({ ...recordOf(document), model })}\n` }),
);
