import { declareCommand } from "../declaration.ts";

export const cacheClearCommand = declareCommand({
  name: "cache clear",
  group: "Encoders",
  summary: "remove features from the cache; the next training computes them again",
  details: "Encoders stay: weft encoder remove removes them.",
  arguments: {},
  options: {
    keep: {
      value: "size",
      description: "keep the features used last, up to this size, such as 5GiB",
      default: "0",
    },
  },
  json: true,
  examples: [
    ["weft cache clear", "remove all features"],
    ["weft cache clear --keep 5GiB", "keep those used last"],
  ],
});
