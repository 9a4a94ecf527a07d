import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The texts of the bundled corpus, each on one line. */
export function corpusTexts() {
  const folder = fileURLToPath(new URL("../../examples/corpus/", import.meta.url));
  const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) =>
    readFileSync(folder + file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line).text.replace(/\s+/g, " ")),
  );
}
