import { declareCommand } from "../declaration.ts";
import {
  computeOptions,
  pairOptions,
  pluginOption,
  protocolOption,
  scoreOptions,
  setOption,
  thresholdOption,
} from "../shared-options.ts";

export const evaluateCommand = declareCommand({
  name: "evaluate",
  group: "Models",
  summary: "score a model on annotated data",
  arguments: {
    model: { description: "a model's folder, or a run's" },
    data: { description: "annotated sentences, plain or gzip; - for standard input" },
  },
  options: {
    protocol: protocolOption,
    threshold: thresholdOption,
    constraints: { value: "file", description: "constraints to use instead of the model's own; off: none" },
    set: { ...setOption, description: "change a setting of the model that needs no other weights: --set decoding=free" },
    columns: pairOptions.columns,
    predictions: { value: "file", description: "write the model's predictions, as JSONL" },
    ...scoreOptions,
    ...computeOptions,
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft evaluate runs/weft-1 test.jsonl", "the usual protocols"],
    ["weft evaluate runs/weft-1 test.jsonl -p strict --train train.jsonl --details", "one protocol, every breakdown"],
    ["weft evaluate runs/weft-1 dev.jsonl --constraints rules.yaml", "what constraints would bring"],
    ["weft evaluate runs/weft-1 test.jsonl --report reports/weft-1", "a page with pictures, and every mistake next to gold"],
  ],
});
