import { fileURLToPath } from "node:url";
import { inputFormats, outputFormats } from "@weft-nlp/core/formats";

export const options = { "--megabytes 8": "of files in each format" };
export const title =
  "Annotation formats, MB of files per second of processor time: reading text into checked documents and writing documents as text, without the disk. Articles of 40 sentences";
export const unit = "MB/s";
export const base = [/^jsonl/];

const script = fileURLToPath(new URL("../weft/formats.mjs", import.meta.url));

export function cases({ options: asked }) {
  const one = (group, name) => ({
    group,
    name,
    command: process.execPath,
    args: [script, "--group", group, "--format", name, "--megabytes", asked.megabytes ?? "8"],
  });
  return [...inputFormats.names.map((name) => one("read", name)), ...outputFormats.names.map((name) => one("write", name))];
}
