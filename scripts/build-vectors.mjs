// `node scripts/build-vectors.mjs PACKAGE GLOVE`: writes packages/vectors-en/vectors.bin, the same
// bytes every time. scripts/glove-rows.mjs says what the two arguments are.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readVectors } from "@weft-nlp/core/vocabulary";
import { gloveRows } from "./glove-rows.mjs";

const size = 40_000;
const [packageFolder, gloveFile] = process.argv.slice(2);
if (packageFolder === undefined || gloveFile === undefined) {
  console.error("usage: node scripts/build-vectors.mjs PACKAGE GLOVE");
  process.exit(1);
}
const rows = (await gloveRows(packageFolder, gloveFile)).slice(0, size);
const text = new TextEncoder().encode(`${rows.join("\n")}\n`);
const sha256 = createHash("sha256").update(text).digest("hex");
const origin = { name: "@weft-nlp/vectors-en", sha256, licence: "PDDL-1.0" };
const set = await readVectors([text], { format: "glove", origin: () => origin });
const file = fileURLToPath(new URL("../packages/vectors-en/vectors.bin", import.meta.url));
await writeFile(file, set.bytes());
console.log(`${set.count} words of ${set.dimension} numbers, spread ${set.deviation.toFixed(3)}, digest ${set.digest}: ${file}`);
