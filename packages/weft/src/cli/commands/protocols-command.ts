import { declareCommand } from "../declaration.ts";

export const protocolsCommand = declareCommand({
  name: "protocols",
  group: "Data and scores",
  summary: "explain the scoring protocols",
  arguments: {},
  options: {},
  json: true,
  examples: [["weft protocols", ""]],
});
