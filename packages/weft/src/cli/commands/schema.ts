import { trainConfigSchema } from "@weft-nlp/core/training";
import { comparisonFileSchema, reportFileSchema } from "@weft-nlp/draw";
import { jsonSchemaOf, writeJsonFile } from "@weft-nlp/node/files";
import { Argument, Option } from "commander";
import { defineCommand } from "../command.ts";

interface Options {
  readonly output?: string;
}

const schemas = {
  config: () => jsonSchemaOf(trainConfigSchema(), "Weft training"),
  report: () => jsonSchemaOf(reportFileSchema, "Weft report"),
  comparison: () => jsonSchemaOf(comparisonFileSchema, "Weft comparison"),
} as const satisfies Record<string, () => unknown>;

export const schema = defineCommand<[what: keyof typeof schemas], Options>({
  name: "schema",
  group: "Around",
  summary: "print the JSON Schema of the configuration or of a report",
  details:
    "An editor with a YAML language server completes and checks a configuration that begins with\n" +
    "# yaml-language-server: $schema=weft.schema.json",
  arguments: [
    new Argument("[what]", "the configuration of weft train, or what --report and --json write")
      .choices(Object.keys(schemas))
      .default("config"),
  ],
  options: [new Option("-o, --output <file>", "write it to this file instead of standard output")],
  examples: [
    ["weft schema -o weft.schema.json", "beside the configuration"],
    ["weft schema report", "what report.json holds"],
  ],
  run: async ({ terminal }, [what], { output }) => {
    const value = schemas[what]();
    if (output === undefined || output === "-") return terminal.printJson(value);
    await writeJsonFile(output, value);
    terminal.say(`${output} written`);
  },
});
