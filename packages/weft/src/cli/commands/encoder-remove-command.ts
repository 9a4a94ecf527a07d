import { declareCommand } from "../declaration.ts";

export const encoderRemoveCommand = declareCommand({
  name: "encoder remove",
  group: "Encoders",
  summary: "remove a pretrained encoder from the cache",
  details: "Models that name the encoder without containing it then need it again.",
  arguments: { encoder: { description: "its name, as weft encoder list shows it" } },
  options: {},
  json: true,
  examples: [["weft encoder remove sentence-transformers/all-MiniLM-L6-v2", ""]],
});
