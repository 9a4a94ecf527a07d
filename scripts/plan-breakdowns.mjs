/**
 * Prints tables of the runs of a plan side by side, in Markdown: by relation type (Sun et al. 2018,
 * table B), by distance between the arguments (their figure A), by whether train has the triple,
 * and the kinds of mistakes (Ye et al. 2019, section 1). Counts are summed over the seeds or folds
 * of a run before any rate is computed.
 *
 * usage: node scripts/plan-breakdowns.mjs FOLDER NAME…
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inBucketOrder } from "@weft-nlp/core/metrics";

/** @typedef {import("@weft-nlp/core/metrics").Report} Report */
/** @typedef {{ predicted: number, gold: number, correct: number }} Counts */

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined || names.length === 0) {
  console.error("usage: node scripts/plan-breakdowns.mjs FOLDER NAME…");
  process.exit(2);
}
const systems = names.map((name) => ({ name, reports: reportsOf(folder, name) }));
for (const { name, reports } of systems) {
  if (reports.length > 0) continue;
  console.error(`${folder} has no finished run of ${name}`);
  process.exit(1);
}
const [protocol = ""] = Object.keys(systems[0]?.reports[0]?.protocols ?? {});

console.log(
  `By ${protocol}; counts summed over ${systems.map(({ name, reports }) => `${reports.length} of ${name}`).join(", ")}.\n`,
);
table("relation type", (report) => report.protocols[protocol]?.byType);
table("words between the arguments", (report) => report.protocols[protocol]?.breakdowns.distance);
table("triple in train", (report) => report.protocols[protocol]?.breakdowns.seen);
mistakes();

/**
 * The scores on test of every seed or fold of a run.
 *
 * @param {string} from
 * @param {string} name
 * @returns {Report[]}
 */
function reportsOf(from, name) {
  const own = new RegExp(`^${name.replaceAll(/[.+]/g, "\\$&")}-(fold-)?\\d+$`);
  const runs = existsSync(from) ? readdirSync(from) : [];
  return runs
    .filter((run) => own.test(run))
    .flatMap((run) => {
      const path = ["scores.json", "report.json"].map((file) => join(from, run, file)).find((file) => existsSync(file));
      if (path === undefined) return [];
      const { test } = /** @type {{ test: Report | null }} */ (JSON.parse(readFileSync(path, "utf8")));
      return test === null ? [] : [test];
    });
}

/**
 * @param {string} what
 * @param {(report: Report) => Readonly<Record<string, Counts>> | undefined} bucketsOf
 */
function table(what, bucketsOf) {
  const rows = inBucketOrder(Object.assign({}, ...systems.flatMap(({ reports }) => reports.map(bucketsOf))));
  if (rows.length === 0) return;
  console.log(`| ${what} | gold | ${systems.map(({ name }) => `${name} P | R | F1`).join(" | ")} |`);
  console.log(`|---|---:|${"---:|".repeat(3 * systems.length)}`);
  for (const [row] of rows) {
    const counts = systems.map(({ reports }) => sum(reports.map((report) => bucketsOf(report)?.[row])));
    const gold = Math.round((counts[0]?.gold ?? 0) / (systems[0]?.reports.length ?? 1));
    console.log(`| ${row} | ${gold} | ${counts.map(rates).join(" | ")} |`);
  }
  console.log();
}

/** @param {(Counts | undefined)[]} all */
function sum(all) {
  const total = { predicted: 0, gold: 0, correct: 0 };
  for (const counts of all) {
    total.predicted += counts?.predicted ?? 0;
    total.gold += counts?.gold ?? 0;
    total.correct += counts?.correct ?? 0;
  }
  return total;
}

/** @param {Counts} counts */
function rates({ predicted, gold, correct }) {
  return [share(correct, predicted), share(correct, gold), share(2 * correct, predicted + gold)].join(" | ");
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  return whole === 0 ? "–" : ((100 * part) / whole).toFixed(1);
}

function mistakes() {
  const kinds = /** @type {const} */ (["falseNegative", "falsePositive", "wrongClass"]);
  const words = { falseNegative: "false negative", falsePositive: "false positive", wrongClass: "wrong class" };
  console.log(`| mistakes in relations, test | ${systems.map(({ name }) => `${name} | share`).join(" | ")} |`);
  console.log(`|---|${"---:|".repeat(2 * systems.length)}`);
  for (const kind of kinds) {
    const cells = systems.map(({ reports }) => {
      const counts = kinds.map((each) => reports.reduce((total, report) => total + report.mistakes.relations[each], 0));
      const own = counts[kinds.indexOf(kind)] ?? 0;
      return `${own} | ${share(
        own,
        counts.reduce((total, count) => total + count, 0),
      )} %`;
    });
    console.log(`| ${words[kind]} | ${cells.join(" | ")} |`);
  }
}
