import { basename, dirname, join, resolve } from "node:path";
import { roleOf } from "@weft-nlp/core/corpus";

/** The default folder of a run: the name of its configuration or data, and the seed. */
export function runFolderFor([first = ""]: readonly string[], seed: number): string {
  const path = resolve(first);
  const name = basename(path)
    .replace(/\.gz$/i, "")
    .replace(/\.[A-Za-z0-9]+$/, "");
  // `train.jsonl` says nothing; its folder does.
  const telling = roleOf(name) === undefined ? name : basename(dirname(path));
  return join("runs", `${telling === "" ? name : telling}-${seed}`);
}
