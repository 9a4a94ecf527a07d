import { fileURLToPath } from "node:url";
import { numbers } from "../lib/options.mjs";

export const options = {
  "--megabytes 100,1000": "",
  "--pairs jsonl:brat,brat:jsonl": "",
  "--folder FOLDER": "for temporary files",
};
export const title = "`weft convert` over a corpus of a given size: input speed, and peak memory of the process";
export const unit = "MB/s";
export const base = [];

const script = fileURLToPath(new URL("../weft/convert.mjs", import.meta.url));

export function cases({ options: asked }) {
  return (asked.pairs ?? "jsonl:spert,jsonl:brat,brat:jsonl").split(",").flatMap((pair) =>
    numbers(asked.megabytes ?? "100,1000").map((megabytes) => ({
      name: `${megabytes} MB`,
      group: pair.replace(":", " → "),
      command: process.execPath,
      args: [
        script,
        "--pair",
        pair,
        "--megabytes",
        String(megabytes),
        ...(asked.folder === undefined ? [] : ["--folder", asked.folder]),
      ],
    })),
  );
}
