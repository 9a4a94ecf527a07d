import { declareCommand } from "../declaration.ts";
import { annotationOptions, formatOption, pairOptions, pluginOption, textOptions, typesFileOption } from "../shared-options.ts";

export const dataStatsCommand = declareCommand({
  name: "data stats",
  group: "Data and scores",
  summary: "count what a corpus holds: sentences, lengths, types, overlap",
  arguments: { files: { description: "annotated files, plain or gzip; - for standard input", many: true } },
  options: {
    all: { description: "list every type, not only the most frequent" },
    svg: { value: "file", description: "also draw lengths, types, overlap and distances into this file" },
    format: formatOption,
    types: typesFileOption,
    ...annotationOptions,
    ...pairOptions,
    ...textOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft data stats train.jsonl.gz", "counts and types of one file"],
    ["weft data stats train.jsonl test.jsonl --svg corpus.svg", "the same as a picture"],
    ["weft data stats --json *.jsonl | jq '.[].sentences'", "the same for programs"],
  ],
});
