/**
 * Prints the size of what a page needs to extract with a model: the model's files in, annotated
 * documents out. `test/packages/bundle.test.ts` holds a budget against it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

const entry = `
export { extract, unpackModel } from "@weft-nlp/core/inference";
export { documentFromText } from "@weft-nlp/core/text";
export { triplesOf } from "@weft-nlp/core";
`;

/** @returns {Promise<{ bytes: number, gzipped: number }>} of the minified bundle */
export async function bundleSize() {
  const folder = mkdtempSync(join(root, "node_modules/.weft-bundle-"));
  try {
    const file = join(folder, "entry.mjs");
    writeFileSync(file, entry);
    const built = await build({
      configFile: false,
      logLevel: "error",
      build: { write: false, minify: true, lib: { entry: file, formats: ["es"], fileName: "extract" } },
    });
    const [{ output } = { output: [] }] = /** @type {{ output: { code?: string }[] }[]} */ ([built].flat());
    const code = output.map((chunk) => chunk.code ?? "").join("\n");
    return { bytes: Buffer.byteLength(code), gzipped: gzipSync(code).length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytes, gzipped } = await bundleSize();
  console.log(`extract in a browser: ${bytes} bytes minified, ${gzipped} gzipped`);
}
