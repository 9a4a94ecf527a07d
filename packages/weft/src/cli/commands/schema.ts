import { trainConfig } from "@weft/core";
import { Option } from "commander";
import { jsonSchemaOf } from "../../files/config-file.ts";
import { writeJsonFile } from "../../files/json-file.ts";
import { defineCommand } from "../command.ts";

interface Options {
  readonly output?: string;
}

export const schema = defineCommand<[], Options>({
  name: "schema",
  group: "Around",
  summary: "print the JSON Schema of the configuration, for editors",
  details:
    "An editor with a YAML language server completes and checks a configuration that begins with\n" +
    "# yaml-language-server: $schema=weft.schema.json",
  arguments: [],
  options: [new Option("-o, --output <file>", "write it to this file instead of standard output")],
  examples: [["weft schema -o weft.schema.json", "beside the configuration"]],
  run: async ({ terminal }, _, { output }) => {
    const value = jsonSchemaOf(trainConfig, "Weft training");
    if (output === undefined || output === "-") return terminal.printJson(value);
    await writeJsonFile(output, value);
    terminal.say(`${output} written`);
  },
});
