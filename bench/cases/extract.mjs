import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { corpusTexts } from "../lib/corpus-texts.mjs";
import { numbers } from "../lib/options.mjs";
import { mulberry } from "../lib/random.mjs";

// Options: --lines 5000 --threads 1,2 --model FOLDER --old FOLDER-OF-AN-OLDER-BUILT-CLONE
export const title = "`weft extract` of the bundled model, on lines drawn from the bundled corpus (mean 20 words)";
export const unit = "per second";
export const base = ["old build", "1 thread"];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export function rounds() {
  return 5;
}

export function prepare({ lines = "5000" }) {
  const folder = mkdtempSync(join(tmpdir(), "weft-bench-extract-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const texts = corpusTexts();
  const random = mulberry(11);
  const drawn = Array.from({ length: Number(lines) }, () => texts[Math.floor(random() * texts.length)]);
  writeFileSync(join(folder, "lines.txt"), `${drawn.join("\n")}\n`);
  writeFileSync(join(folder, "one.txt"), `${texts[0]}\n`);
  return { folder };
}

/** Every measure is a rate, so that more is better. */
export function cases({ options, folder }) {
  const { model = path("../../examples/model"), old } = options;
  const threads = numbers(options.threads ?? "1,2");
  const ours = path("../../packages/weft/bin/weft.js");
  const theirs = old === undefined ? undefined : join(old, "packages/weft/bin/weft.js");
  const skip = process.platform === "linux" ? undefined : "the time of one thread is read from Linux's /proc";
  const run = (command, measure, count, file) => ({
    command: process.execPath,
    args: [
      path("../weft/extract.mjs"),
      "--command",
      command,
      "--measure",
      measure,
      "--threads",
      String(count),
      "--model",
      model,
      "--file",
      join(folder, file),
    ],
  });
  const measured = (group, measure, file, reason, counts = threads) =>
    counts.flatMap((count) => {
      const name = count === 1 ? "1 thread" : `${count} threads`;
      if (theirs === undefined) return [{ group, name, ...run(ours, measure, count, file), skip: reason }];
      if (!existsSync(theirs)) throw new Error(`there is no build at ${theirs}`);
      return [
        { group: `${group}, ${name}`, name: "old build", ...run(theirs, measure, count, file), skip: reason },
        { group: `${group}, ${name}`, name: "this build", ...run(ours, measure, count, file), skip: reason },
      ];
    });
  return [
    ...measured("lines", "wall", "lines.txt"),
    ...measured("lines per second of processor time", "processor", "lines.txt"),
    ...measured(
      "lines per second of the main thread's processor time",
      "main",
      "lines.txt",
      skip,
      threads.filter((count) => count > 1),
    ),
    ...measured("whole runs on one sentence per second of processor time", "processor", "one.txt"),
  ];
}
