import { trainConfigSchema } from "@weft-nlp/core/training";
import { comparisonFileSchema, reportFileSchema } from "@weft-nlp/draw";
import { jsonSchemaOf, writeJsonFile } from "@weft-nlp/node/files";
import type { Handler } from "../command.ts";
import type { schemaCommand } from "../commands/schema-command.ts";

const schemas = {
  config: () => jsonSchemaOf(trainConfigSchema(), "Weft training"),
  report: () => jsonSchemaOf(reportFileSchema, "Weft report"),
  comparison: () => jsonSchemaOf(comparisonFileSchema, "Weft comparison"),
} as const satisfies Record<string, () => unknown>;

export const run: Handler<typeof schemaCommand> = async ({ terminal }, { what, output }) => {
  const value = schemas[what]();
  if (output === undefined || output === "-") return terminal.printJson(value);
  await writeJsonFile(output, value);
  terminal.say(`${output} written`);
};
