import { declareCommand } from "../declaration.ts";

export const encoderListCommand = declareCommand({
  name: "encoder list",
  group: "Encoders",
  summary: "list the pretrained encoders in the cache",
  arguments: {},
  options: {},
  json: true,
  examples: [
    ["weft encoder list", "names, sizes and checksums"],
    ["weft encoder list --json | jq -r '.[].checksum'", "the same for programs"],
  ],
});
