/**
 * Writes the generated parts of the documentation, from the built packages. `--check` writes
 * nothing and fails if a page is stale.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { capacityTable, formatTable } from "./format-tables.mjs";
import { errorCodesOf, errorTable, replaceGenerated, settingsTable } from "./generated-docs.mjs";
import { packages } from "./layers.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const pages = {
  "docs/errors.md": await errorsPage(),
  "docs/configuration.md": await configurationPage(),
  "docs/formats.md": await formatsPage(),
  "docs/data.md": await dataPage(),
  "docs/commands.md": await commandsPage(),
  "docs/weft.schema.json": `${JSON.stringify(await schema(), undefined, 2)}\n`,
  "docs/report.schema.json": `${JSON.stringify(await schema("reportFileSchema", "Weft report"), undefined, 2)}\n`,
  "docs/comparison.schema.json": `${JSON.stringify(await schema("comparisonFileSchema", "Weft comparison"), undefined, 2)}\n`,
};
for (const [file, content] of Object.entries(pages)) {
  if (existsSync(file) && readFileSync(file, "utf8") === content) continue;
  if (values.check) {
    console.error(`${file} is stale; run npm run docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, content);
    console.error(`${file} written`);
  }
}

async function errorsPage() {
  let page = readFileSync("docs/errors.md", "utf8");
  for (const name of Object.keys(packages)) {
    if (!existsSync(`packages/${name}/src/errors.ts`)) continue;
    const module = await import(pathToFileURL(`packages/${name}/dist/errors.js`).href);
    page = replaceGenerated(page, `errors ${name}`, errorTable(errorCodesOf(module)));
  }
  return page;
}

async function configurationPage() {
  const page = readFileSync("docs/configuration.md", "utf8");
  return replaceGenerated(page, "settings", settingsTable(await schema()));
}

async function formatsPage() {
  const { inputFormats, outputFormats } = await import("@weft-nlp/core/formats");
  const page = replaceGenerated(readFileSync("docs/formats.md", "utf8"), "formats", formatTable(inputFormats, outputFormats));
  return replaceGenerated(page, "capacities", capacityTable(inputFormats, outputFormats));
}

async function commandsPage() {
  const { commandSections } = await import("./command-tables.mjs");
  const { commands } = await import(pathToFileURL("packages/weft/dist/cli/commands/index.js").href);
  /**
   * @type {readonly { readonly declaration:
   *   import("../packages/weft/dist/cli/declaration.js").CommandDeclaration }[]}
   */
  const all = commands;
  const sections = await commandSections(all.map(({ declaration }) => declaration));
  return replaceGenerated(readFileSync("docs/commands.md", "utf8"), "commands", sections);
}

async function dataPage() {
  const { problemCodes } = await import("@weft-nlp/core/corpus");
  return replaceGenerated(readFileSync("docs/data.md", "utf8"), "problems", errorTable(problemCodes));
}

/**
 * The output of `weft schema`, for editors and programs.
 *
 * @param {"config" | "reportFileSchema" | "comparisonFileSchema"} name
 * @returns {Promise<import("./generated-docs.mjs").JsonSchema>}
 */
async function schema(name = "config", title = "Weft training") {
  const { jsonSchemaOf } = await import("@weft-nlp/node/files");
  const { trainConfigSchema } = await import("@weft-nlp/core/training");
  const schemas = { config: trainConfigSchema(), ...(await import("@weft-nlp/draw")) };
  return /** @type {import("./generated-docs.mjs").JsonSchema} */ (jsonSchemaOf(schemas[name], title));
}
