// Writes .cache/vectors/glove.txt, which some plans read. The shared copy of these vectors ends in
// the middle of a line, which the reader refuses, so only its complete lines are copied.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const text = await readFile(fileURLToPath(new URL("../shared/data/vectors/glove.6B.100d.txt", root)), "utf8");
await mkdir(fileURLToPath(new URL(".cache/vectors/", root)), { recursive: true });
await writeFile(fileURLToPath(new URL(".cache/vectors/glove.txt", root)), text.slice(0, text.lastIndexOf("\n") + 1));
