import { declareCommand } from "../declaration.ts";
import { pluginOption } from "../shared-options.ts";

export const schemaCommand = declareCommand({
  name: "schema",
  group: "Other",
  summary: "print the JSON Schema of the configuration or of a report",
  details:
    "An editor with a YAML language server completes and checks a configuration that begins with\n" +
    "# yaml-language-server: $schema=weft.schema.json",
  arguments: {
    what: {
      description: "the configuration of weft train, or the output of --report and --json",
      choices: ["config", "report", "comparison"],
      default: "config",
    },
  },
  options: {
    output: { short: "o", value: "file", description: "write it to this file instead of standard output" },
    plugin: pluginOption,
  },
  examples: [
    ["weft schema -o weft.schema.json", "next to the configuration"],
    ["weft schema report", "the schema of report.json"],
  ],
});
