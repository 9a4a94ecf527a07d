/**
 * Checks the description of the API, with and without tokens: Redocly's linter finds nothing, and
 * openapi-typescript makes types of it that compile.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import openapiTypes, { astToString } from "openapi-typescript";
import { openApi } from "../packages/server/dist/openapi/openapi.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const config = await createConfig({ extends: ["recommended-strict"] });
let faults = 0;
for (const tokens of [false, true]) {
  const description = openApi({ tokens, workspace: true });
  for (const { ruleId, severity, message, location } of await lintFromString({ source: JSON.stringify(description), config })) {
    faults++;
    console.error(`${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ""})`);
  }
}
faults += await compileTypes();
if (faults > 0) process.exitCode = 1;

/** @returns {Promise<number>} how many faults there are */
async function compileTypes() {
  const folder = mkdtempSync(join(root, "node_modules", ".weft-api-"));
  try {
    const description = openApi({ tokens: true, workspace: true });
    const types = astToString(await openapiTypes(/** @type {never} */ (description)));
    writeFileSync(join(folder, "api.ts"), types);
    writeFileSync(
      join(folder, "use.ts"),
      `import type { components, operations } from "./api.ts";
type Extraction = components["schemas"]["Extraction"];
type Body = operations["extract"]["requestBody"]["content"]["application/json"];
export const body: Body = { text: "Mara Voss founded Acme.", threshold: 0.5 };
export const typesOf = ({ entities }: Extraction): (string | null)[] => entities.map(({ type }) => type);
export const code = (fault: components["schemas"]["ErrorAnswer"]): string => fault.error.code;
`,
    );
    const compiler = join(root, "node_modules/tsc7/bin/tsc");
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--allowImportingTsExtensions",
      "--module",
      "nodenext",
    ];
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, join(folder, "use.ts")], { encoding: "utf8" });
    if (status !== 0) console.error(stdout);
    return status === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
