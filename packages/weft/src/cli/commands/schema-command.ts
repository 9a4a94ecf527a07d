import { declareCommand } from "../declaration.ts";

export const schemaCommand = declareCommand({
  name: "schema",
  group: "Around",
  summary: "print the JSON Schema of the configuration or of a report",
  details:
    "An editor with a YAML language server completes and checks a configuration that begins with\n" +
    "# yaml-language-server: $schema=weft.schema.json",
  arguments: {
    what: {
      description: "the configuration of weft train, or what --report and --json write",
      choices: ["config", "report", "comparison"],
      default: "config",
    },
  },
  options: {
    output: { short: "o", value: "file", description: "write it to this file instead of standard output" },
  },
  examples: [
    ["weft schema -o weft.schema.json", "beside the configuration"],
    ["weft schema report", "what report.json holds"],
  ],
});
