/**
 * Whether `weft suggest` chooses better sentences than chance: begins with some random sentences of
 * annotated data, adds more in rounds, chosen by the model of the round before or at random, and
 * trains on them from scratch after every round: the small model that `weft train` tries first,
 * with 64 units and 25 epochs. Dev chooses no epoch; it scores the last one, before and after
 * calibration on dev. Prints the F1 after every round: mean and standard deviation of the seeds,
 * and of the differences within each seed.
 *
 * `node scripts/suggest-against-chance.mjs --train train.jsonl.gz --dev dev.jsonl.gz`
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { documentFromSentence } from "@weft-nlp/core";
import { Suggester } from "@weft-nlp/core/corpus";
import { chooseRecipe, corpusFacts } from "@weft-nlp/core/recipe";
import { parseConfig } from "@weft-nlp/core/training";
import { textTable } from "@weft-nlp/draw";
import { Extractor, trainRun } from "@weft-nlp/node";
import { calibrateModel, loadModel } from "@weft-nlp/node/extractor";
import { collectSentences } from "@weft-nlp/node/files";
import { Random } from "@weft-nlp/tensor";

/** @typedef {import("@weft-nlp/core").Sentence} Sentence */
/** @typedef {{ relations: number, calibrated: number, entities: number, words: number }} Result */

const { values } = parseArgs({
  options: {
    train: { type: "string" },
    dev: { type: "string" },
    begin: { type: "string", default: "100" },
    add: { type: "string", default: "50" },
    rounds: { type: "string", default: "4" },
    seeds: { type: "string", default: "3" },
    variety: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
  },
});
if (values.train === undefined || values.dev === undefined) throw new Error("--train FILE and --dev FILE are needed");
const dev = resolve(values.dev);
const [begin = 0, add = 0, rounds = 0, seeds = 0, variety = 0, threads = 0] = [
  values.begin,
  values.add,
  values.rounds,
  values.seeds,
  values.variety,
  values.threads,
].map(Number);
const pool = (await collectSentences(values.train)).sentences.map(({ sentence }) => sentence);
const folder = mkdtempSync(join(tmpdir(), "weft-suggest-"));
const devSentences = (await collectSentences(dev)).sentences.map(({ sentence }) => sentence);
let runs = 0;
/** @type {Record<"random" | "suggest", Result[][]>} */
const results = { random: [], suggest: [] };
try {
  for (let seed = 1; seed <= seeds; seed++) {
    const shuffled = Random.of(seed, "suggest").shuffle(pool);
    const first = await trainOn(shuffled.slice(0, begin), seed);
    for (const arm of /** @type {const} */ (["random", "suggest"])) {
      results[arm].push(await grow(arm, shuffled, seed, first));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
await printTable();

/**
 * @param {"random" | "suggest"} arm
 * @param {readonly Sentence[]} shuffled the pool, which begins with the first sentences
 * @param {number} seed
 * @param {Trained} first
 * @returns what each round gave, from none on
 */
async function grow(arm, shuffled, seed, first) {
  const known = shuffled.slice(0, begin);
  let rest = shuffled.slice(begin);
  let trained = first;
  const all = [first.result];
  for (let round = 1; round <= rounds; round++) {
    const chosen = arm === "random" ? rest.slice(0, add) : await suggested(rest, known, trained.run);
    known.push(...chosen);
    const taken = new Set(chosen);
    rest = rest.filter((sentence) => !taken.has(sentence));
    trained = await trainOn(known, seed);
    all.push(trained.result);
    const { relations, entities, words } = trained.result;
    console.error(
      `seed ${seed}, ${arm}, ${known.length} sentences (${words} words): relations ${points(relations)}, entities ${points(entities)}`,
    );
  }
  return all;
}

/**
 * What `weft suggest` chooses.
 *
 * @param {readonly Sentence[]} rest
 * @param {readonly Sentence[]} known
 * @param {string} run
 */
async function suggested(rest, known, run) {
  const suggester = new Suggester({ count: add, variety });
  for (const sentence of known) suggester.exclude(documentFromSentence(sentence));
  const extractor = await Extractor.open(run, { threads });
  const bare = rest.map((sentence, index) =>
    documentFromSentence({ id: `${index}`, tokens: sentence.tokens, entities: [], relations: [] }),
  );
  for await (const document of extractor.documents(bare, { threshold: 0.05 })) suggester.add(document);
  await extractor.close();
  return suggester.choose().flatMap(({ document }) => rest[Number(document.id)] ?? []);
}

/** @typedef {{ run: string, result: Result }} Trained */

/**
 * @param {readonly Sentence[]} sentences
 * @param {number} seed
 * @returns {Promise<Trained>}
 */
async function trainOn(sentences, seed) {
  const train = join(folder, `${++runs}.jsonl`);
  writeFileSync(train, sentences.map((sentence) => `${JSON.stringify(sentence)}\n`).join(""));
  const run = join(folder, `run-${runs}`);
  const { data: _, model, training, ...settings } = chooseRecipe(corpusFacts(sentences)).quick;
  const config = parseConfig({
    ...{ seed, data: { train, dev }, ...settings },
    model: { .../** @type {object} */ (model), hiddenSize: 64 },
    training: { .../** @type {object} */ (training), epochs: 25, evaluateEvery: 25 },
  });
  for await (const event of trainRun({ config, folder: run, threads })) {
    if (event.kind !== "done") continue;
    const f1 = (/** @type {string} */ protocol) => event.dev.protocols[protocol]?.micro.f1 ?? Number.NaN;
    const words = sentences.reduce((sum, { tokens }) => sum + tokens.length, 0);
    const { report } = await calibrateModel(await loadModel(run), devSentences, { threads, protocol: "strict", data: dev });
    const calibrated = report.after.score.f1;
    return { run, result: { relations: f1("strict"), calibrated, entities: f1("ner-strict"), words } };
  }
  throw new Error("the training did not end");
}

async function printTable() {
  const measures = /** @type {const} */ (["relations", "calibrated", "entities"]);
  const compared = measures.flatMap((name) => [`${name}: random`, "suggest", "difference"]);
  const header = ["sentences", ...compared, "words: random", "suggest"];
  const rows = Array.from({ length: rounds + 1 }, (_, round) => {
    const of = (/** @type {"random" | "suggest"} */ arm, /** @type {keyof Result} */ key) =>
      results[arm].map((each) => each[round]?.[key] ?? Number.NaN);
    const scores = (/** @type {(typeof measures)[number]} */ key) => {
      const [random, suggest] = [of("random", key), of("suggest", key)];
      const difference = suggest.map((score, index) => score - (random[index] ?? Number.NaN));
      return [random, suggest, difference].map(meanAndSpread);
    };
    const words = (/** @type {"random" | "suggest"} */ arm) => mean(of(arm, "words")).toFixed(0);
    return [`${begin + round * add}`, ...measures.flatMap(scores), words("random"), words("suggest")];
  });
  console.log(textTable(header, rows, { width: 240 }));
}

/** @param {readonly number[]} scores */
function meanAndSpread(scores) {
  const middle = mean(scores);
  const squares = scores.reduce((sum, score) => sum + (score - middle) ** 2, 0);
  return scores.length < 2 ? points(middle) : `${points(middle)} ± ${points(Math.sqrt(squares / (scores.length - 1)))}`;
}

/** @param {readonly number[]} scores */
function mean(scores) {
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** @param {number} score */
function points(score) {
  return (100 * score).toFixed(1);
}
