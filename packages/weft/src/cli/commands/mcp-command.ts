import { declareCommand } from "../declaration.ts";
import { computeOptions, pluginOption } from "../shared-options.ts";

export const mcpCommand = declareCommand({
  name: "mcp",
  group: "Models",
  summary: "offer a model to agents over the Model Context Protocol",
  details:
    "Speaks the Model Context Protocol on standard input and output until the client closes them. An agent gets two tools: extract " +
    "returns the entities, relations and triples of a text; schema returns the types that the model finds. Texts stay on this " +
    "machine. docs/neighbours.md shows how to add the command to a client.",
  arguments: {
    model: { description: "a model's folder, a run's, or the name of an installed package" },
  },
  options: {
    ...computeOptions,
    plugin: pluginOption,
  },
  examples: [["weft mcp runs/weft-1", "usually started by the client, from its settings"]],
});
