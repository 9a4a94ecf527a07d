import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TrainConfig } from "@weft-nlp/core/training";
import { describe, expect, test } from "vitest";
import { experimentRuns, readExperimentPlan } from "../../packages/node/src/experiments/experiment-plan.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const numbers = `\\d{1,3}(?:,\\d{3})+|\\d+|${words.join("|")}`;

const pages = ["docs/results.md", ...readdirSync(at("docs/results")).map((name) => `docs/results/${name}`)];

interface Named {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** The table that follows the text. */
  readonly table: readonly string[];
  readonly plans: readonly string[];
}

/** The paragraphs of a page of results that name plans, and such rows of a table. */
function paragraphs(page: string): Named[] {
  const lines = readFileSync(at(page), "utf8").split("\n");
  const blocks: { line: number; lines: string[] }[] = [{ line: 1, lines: [] }];
  const rows: typeof blocks = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") blocks.push({ line: index + 2, lines: [] });
    else if (isRow(line) && plansIn(line).length > 0) rows.push({ line: index + 1, lines: [line] });
    else blocks.at(-1)?.lines.push(line);
  }
  return [...blocks, ...rows].flatMap(({ line, lines: own }, k) => {
    const text = own.join(" ");
    const plans = plansIn(text);
    const next = isRow(text) ? [] : (blocks[k + 1]?.lines ?? []);
    return plans.length === 0 ? [] : [{ page, line, text, plans, table: isRow(next[0] ?? "") ? next : [] }];
  });
}

const isRow = (line: string): boolean => line.startsWith("|");

function plansIn(text: string): string[] {
  return [...text.matchAll(/experiments\/plans\/[\w-]+\.yaml/g)].map(([path]) => path);
}

function numberOf(word: string): number {
  const known = words.indexOf(word.toLowerCase());
  return known < 0 ? Number(word.replaceAll(",", "")) : known;
}

/** `1, 2, 3`, `1 and 2`, `1 to 3`, `1–3`; none for `–` */
function seedsOf(list: string): number[] {
  if (list === "–") return [];
  const [from = 0, to] = list.split(/ to |–/).map(Number);
  if (to !== undefined) return Array.from({ length: to - from + 1 }, (_, k) => from + k);
  return list.split(/, | and /).map(Number);
}

/**
 * The epochs that a text gives for runs of its plans. Where a run had others than the plan has now,
 * the text says so: `three epochs (the plan: five)`.
 */
function epochsOf(text: string): number[] {
  const given = text.matchAll(new RegExp(`(${numbers}) (?:more )?epochs(?: \\(the plan: (${numbers})\\))?`, "gi"));
  return [...given].map(([, own = "", now]) => numberOf(now ?? own));
}

/** The cells of each row under a heading of a table; none if it has no such column. */
function columnOf(table: readonly string[], heading: string): string[] {
  const [header = [], , ...rows] = table.map((line) => line.split("|").map((cell) => cell.trim()));
  const column = header.indexOf(heading);
  return column < 0 ? [] : rows.map((cells) => cells[column] ?? "");
}

/** A training of a plan, and in how many folds it is done. */
interface Trained {
  readonly config: TrainConfig;
  readonly folds: number | undefined;
}

/** What a text may say about a setting, and where a training has it. */
interface Stated {
  readonly what: string;
  /** Finds the values that a text gives: `1`, `0.5`, `1, 2, 3`, `1 to 5`, `ten`. */
  readonly said: RegExp;
  /** The heading of a column with values. */
  readonly column?: string;
  of(trained: Trained): unknown;
}

const digits = "(?:10⁻⁴|\\d+(?:\\.\\d+)?)";
const list = `(${words.join("|")}|${digits}(?:(?:, | and | or | to |–)${digits})*)`;
const after = (symbol: string): RegExp => new RegExp(`${symbol} = ${list}`, "gu");
const before = (noun: string): RegExp => new RegExp(`(?<![\\d.,:])${list} (?:${noun})`, "giu");
const objective =
  (name: string) =>
  ({ config }: Trained) =>
    (config.objective as Record<string, unknown>)[name];
const model =
  (name: string) =>
  ({ config }: Trained) =>
    (config.model as Record<string, unknown>)[name];

const stated: readonly Stated[] = [
  // K is a number of rounds for Sun et al. 2020, and of samples for Sun et al. 2018.
  { what: "K", said: after("K"), column: "K", of: (run) => model("rounds")(run) ?? objective("samples")(run) },
  { what: "samples", said: before("samples"), of: objective("samples") },
  { what: "α", said: after("α"), column: "α", of: objective("alpha") },
  { what: "μ", said: after("μ"), column: "μ", of: objective("mu") },
  { what: "β", said: after("β"), column: "β", of: objective("beta") },
  { what: "batch", said: new RegExp(`batches of ${list}(?! to )`, "giu"), of: ({ config }) => config.training.batch },
  { what: "folds", said: before("folds"), of: ({ folds }) => folds },
  { what: "ratio", said: before("(?:negative )?pairs (?:without|for each)"), of: model("negativeRatio") },
  { what: "sentences", said: /first ([\d,]+) (?:training )?sentences/gu, of: ({ config }) => config.data.trainSentences },
];

/**
 * The values of a list. Where a run had another than the plan has now, the text says so:
 * `K = 3 (the plan: 4)`.
 */
function valuesOf(text: string): number[] {
  const range = new RegExp(`^(${digits})(?: to |–)(${digits})$`, "u").exec(text);
  const [from, to] = [range?.[1], range?.[2]].map((word) => (word === undefined ? Number.NaN : valueOf(word)));
  if (from !== undefined && to !== undefined && Number.isInteger(from) && Number.isInteger(to)) {
    return Array.from({ length: to - from + 1 }, (_, k) => from + k);
  }
  return text.split(/, | and | or | to |–| \/ /u).map(valueOf);
}

function valueOf(word: string): number {
  return word === "10⁻⁴" ? 1e-4 : numberOf(word.replaceAll(/(?<=\d),(?=\d{3})/gu, ""));
}

/** All values that a text, and the table after it, give for a setting. */
function saidOf({ said, column }: Stated, text: string, table: readonly string[]): number[] {
  const inText = [...text.matchAll(said)].flatMap((match) => {
    const [, value = ""] = match;
    const rest = text.slice(match.index + match[0].length);
    return valuesOf(/^[^.,;]{0,20}\(the plan: ([^)]+)\)/u.exec(rest)?.[1] ?? value);
  });
  const cells = column === undefined ? [] : columnOf(table, column).filter((cell) => /^[\d., /–]+$/u.test(cell) && cell !== "–");
  return [...inText, ...cells.flatMap(valuesOf)];
}

describe.each(pages.flatMap(paragraphs))("$page, line $line", ({ text, table, plans }) => {
  const planned = Promise.all(
    plans.map(async (path) => {
      const file = await readExperimentPlan(at(path));
      const runs = await experimentRuns(file, "runs/plan");
      const folds = runs.map(({ name }) => file.value.runs.find((run) => name.startsWith(`${run.name}-fold-`))?.folds);
      return { seeds: file.value.seeds, runs: runs.map(({ config }, k): Trained => ({ config, folds: folds[k] })) };
    }),
  );

  test("gives the seeds of its plans", async () => {
    const seeds = (await planned).map((plan) => plan.seeds);
    const all = [...new Set(seeds.flat())];
    const given = [...text.matchAll(/\bseeds? (\d+(?:(?:, | and | to |–)\d+)*)/g)].map(([, list = ""]) => seedsOf(list));
    const rows = columnOf(table, "seeds")
      .map(seedsOf)
      .filter((row) => row.length > 0);
    for (const each of [...given, ...rows]) expect(all).toEqual(expect.arrayContaining(each));
    // Fewer seeds than the plan has are named as such.
    const most = Math.max(0, ...[...(rows.length > 0 ? rows : given)].map((each) => each.length));
    if (most > 1 && most < all.length) expect(text).toContain(`of its ${words[all.length]} seeds`);
  });

  test("gives the epochs of its plans", async () => {
    const epochs = (await planned).flatMap(({ runs }) => runs.flatMap(({ config }) => epochsIn(config)));
    for (const given of epochsOf(text)) expect(epochs).toContain(given);
  });

  test("gives the settings of its plans", async () => {
    const runs = (await planned).flatMap((plan) => plan.runs);
    const commands = [...text.matchAll(/--folds (\d+)/gu)].map(([, folds]) => Number(folds));
    for (const setting of stated) {
      const own = [...runs.map((run) => setting.of(run)), ...(setting.what === "folds" ? commands : [])];
      for (const given of saidOf(setting, text, table)) expect(own, setting.what).toContain(given);
    }
  });
});

/** Those of the training, and of the parts of a pipeline. */
function epochsIn({ training, parts = {} }: { training: { epochs: number }; parts?: object | undefined }): number[] {
  const own = Object.values(parts as Record<string, { training?: { epochs?: number } } | undefined>);
  return [training.epochs, ...own.flatMap((part) => part?.training?.epochs ?? [])];
}

test("the results name plans in many places", () => {
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.flatMap(paragraphs).length).toBeGreaterThan(10);
  expect(epochsOf("three epochs (the plan: five), then Ten more epochs, 40 epochs")).toEqual([5, 10, 40]);
  expect(["1, 2, 3", "1 and 2", "1 to 3", "1–3", "1", "–"].map(seedsOf)).toEqual([
    [1, 2, 3],
    [1, 2],
    [1, 2, 3],
    [1, 2, 3],
    [1],
    [],
  ]);
});

test.each<[string, Record<string, number[]>]>([
  ["K = 2 and K = 4, 5, α = 0.0001, μ = 0.5 or 1", { K: [2, 4, 5], α: [1e-4], μ: [0.5, 1] }],
  ["K = 0 to 3; at α = 10⁻⁴, K = 3 (the plan: 4)", { K: [0, 1, 2, 3, 4], α: [1e-4] }],
  [
    "five folds, batches of 20, three samples, ten pairs without a relation",
    { folds: [5], batch: [20], samples: [3], ratio: [10] },
  ],
  ["its first 3,000 training sentences, in batches of about 256 pairs", { sentences: [3000] }],
])("settings are found in %s", (text, wanted) => {
  const found = Object.fromEntries(
    stated.map((setting) => [setting.what, saidOf(setting, text, [])]).filter(([, at]) => at?.length),
  );
  expect(found).toEqual(wanted);
});

test("settings are found in the columns of a table", () => {
  const table = ["| data | K | F1 |", "|---|---:|---:|", "| a | 2 | 1.0 |", "| b | 3 / 0 | 2.0 |", "| c | – | 3.0 |"];
  const rounds = stated.filter(({ what }) => what === "K");
  expect(rounds.map((setting) => saidOf(setting, "", table))).toEqual([[2, 3, 0]]);
});

// A table of scores without a command is a claim that no one can check.
test.each(pages.filter((page) => page !== "docs/results.md"))(
  "every table of scores in %s has a command in its section",
  (page) => {
    const sections = readFileSync(at(page), "utf8").split(/^#{2,3} /mu);
    const bare = sections.filter(
      (section) =>
        /^\|.*\b(?:F1|P \/ R)\b/mu.test(section) && !/`[^`]*(?:weft |npm run|node scripts|npx vitest)[^`]*`/u.test(section),
    );
    expect(bare.map((section) => section.split("\n")[0])).toEqual([]);
  },
);
