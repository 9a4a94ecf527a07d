import { fileURLToPath } from "node:url";
import { chosenBuilds } from "../lib/builds.mjs";
import { numbers } from "../lib/options.mjs";
import { figure } from "../lib/summary.mjs";

const defaults = { length: "10,38,100,200", words: "1000,10000,100000,1000000", batch: "1,8,50,200", corpus: "500,5000,50000" };
const usual = { length: 38, words: 90_760, batch: 50, corpus: 5_000 };
const labels = {
  length: (value) => `${value} words a sentence`,
  words: (value) => `vocabulary of ${value.toLocaleString("en")} words`,
  batch: (value) => `batches of ${value}`,
  corpus: (value) => `corpus of ${value.toLocaleString("en")} sentences`,
};

export const options = {
  "--kernels NAME[,NAME]": "kernel builds; defaults to the fastest here",
  "--mode train,infer": "",
  ...Object.fromEntries(Object.entries(defaults).map(([name, values]) => [`--${name} ${values}`, "0 skips them"])),
  "--amount 1": "factor of the timed sentences",
};
export const title =
  "What a sentence costs RIN, K = 4, by its length, the vocabulary, the batch and the corpus (else 38 words, 90,760 words, batches of 50, 5,000 sentences); one core";

const script = fileURLToPath(new URL("../weft/scaling.mjs", import.meta.url));

export const prepare = ({ kernels }) => ({ builds: chosenBuilds(kernels) });

export function cases({ options: asked, builds }) {
  return Object.keys(defaults).flatMap((dimension) =>
    numbers(asked[dimension] ?? defaults[dimension])
      .filter((value) => value > 0)
      .flatMap((value) =>
        (asked.mode ?? "train,infer").split(",").flatMap((mode) =>
          builds.map(({ build, label, mark, skip }) => {
            const given = { ...usual, [dimension]: value };
            const infer = mode === "infer";
            const sizes = Object.entries({ ...given, sentences: timed(given, infer, Number(asked.amount ?? 1)) });
            return {
              name: `${infer ? "inference" : "training"}, Weft, ${label}, 1 thread`,
              group: labels[dimension](value),
              command: process.execPath,
              args: [
                script,
                ...sizes.flatMap(([key, size]) => [`--${key}`, `${size}`]),
                "--infer",
                infer ? "1" : "0",
                "--build",
                build,
              ],
              facts: { dimension, value, mark },
              skip,
            };
          }),
        ),
      ),
  );
}

/** As many sentences as take a few seconds, in whole batches. */
function timed({ length, batch }, infer, amount) {
  const wanted = Math.min(4_000, (infer ? 2_000 : 800) * (38 / length) ** 2) * amount;
  return Math.max(1, Math.round(wanted / batch)) * batch;
}

/** Costs in processor time, and next to the cost at the smallest value of the same dimension. */
export function table(rows) {
  const lines = rows.map((row) => {
    const { dimension, value } = row.facts;
    const alike = rows.filter((other) => other.facts.dimension === dimension && other.name === row.name);
    const smallest = alike.reduce((a, b) => (a.facts.value < b.facts.value ? a : b));
    const perSentence = 1e6 / row.perCpu;
    return [
      row.group,
      row.name,
      figure(perSentence),
      `${figure(1e6 / row.max)}–${figure(1e6 / row.min)}`,
      `${(smallest.perCpu / row.perCpu).toFixed(2)} ×`,
      dimension === "length" ? figure(perSentence / value) : "",
      row.peakMb === undefined ? "–" : Math.round(row.peakMb),
    ];
  });
  const head = ["", "case", "CPU µs a sentence", "wall, least–most", "next to the smallest", "µs a word", "peak MB"];
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  return `${[head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}
