import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { experimentRuns, readExperimentPlan } from "../../packages/node/src/experiments/experiment-plan.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const numbers = `\\d+|${words.join("|")}`;

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
  return known < 0 ? Number(word) : known;
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

/** The seeds of each row of a table that has such a column. */
function seedColumn(table: readonly string[]): number[][] {
  const [header = [], , ...rows] = table.map((line) => line.split("|").map((cell) => cell.trim()));
  const column = header.indexOf("seeds");
  return column < 0 ? [] : rows.map((cells) => seedsOf(cells[column] ?? ""));
}

describe.each(pages.flatMap(paragraphs))("$page, line $line", ({ text, table, plans }) => {
  const planned = Promise.all(
    plans.map(async (path) => {
      const plan = (await readExperimentPlan(at(path))).value;
      return { seeds: plan.seeds, runs: await experimentRuns(await readExperimentPlan(at(path)), "runs/plan") };
    }),
  );

  test("gives the seeds of its plans", async () => {
    const seeds = (await planned).map((plan) => plan.seeds);
    const all = [...new Set(seeds.flat())];
    const given = [...text.matchAll(/\bseeds? (\d+(?:(?:, | and | to |–)\d+)*)/g)].map(([, list = ""]) => seedsOf(list));
    const rows = seedColumn(table).filter((row) => row.length > 0);
    for (const each of [...given, ...rows]) expect(all).toEqual(expect.arrayContaining(each));
    // Fewer seeds than the plan has are named as such.
    const most = Math.max(0, ...[...(rows.length > 0 ? rows : given)].map((each) => each.length));
    if (most > 1 && most < all.length) expect(text).toContain(`of its ${words[all.length]} seeds`);
  });

  test("gives the epochs of its plans", async () => {
    const epochs = (await planned).flatMap(({ runs }) => runs.flatMap(({ config }) => epochsIn(config)));
    for (const given of epochsOf(text)) expect(epochs).toContain(given);
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
