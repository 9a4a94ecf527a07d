import { declareCommand } from "../declaration.ts";

export const cacheShowCommand = declareCommand({
  name: "cache show",
  group: "Encoders",
  summary: "show what the cache holds: encoders, and the features that they computed",
  details:
    "The cache is in WEFT_CACHE, or in the folder weft of XDG_CACHE_HOME, else of .cache in the home folder. When training " +
    "ends, features beyond WEFT_CACHE_LIMIT are removed, the least recently used first.",
  arguments: {},
  options: {},
  json: true,
  examples: [["weft cache show", ""]],
});
