import { declareCommand } from "../declaration.ts";
import { pluginOption } from "../shared-options.ts";

export const protocolsCommand = declareCommand({
  name: "protocols",
  group: "Data and scores",
  summary: "explain the scoring protocols",
  arguments: {},
  options: { plugin: pluginOption },
  json: true,
  examples: [["weft protocols", ""]],
});
