// `node scripts/build-model.mjs DATA [--threads N]`: trains the model of packages/model-en from the
// files train, dev and test (.jsonl.gz) of Re-DocRED's sentences in the folder DATA. It goes on
// where it was stopped, and takes about half an hour of a core.
//
// 1. Wikidata's property ids become names.
// 2. Five models learn all relation types, each without a fifth of the documents, which it then
//    predicts. So every training sentence is predicted by a model that has not seen it.
// 3. On these predictions, each type gets the threshold with the most relations at a precision of
//    75 %. A type that finds fewer than five right ones so is left out: its threshold is 1.
// 4. The model itself learns all types from all documents, as the five did, and gets these
//    thresholds. Its weights are rounded to 16 bits.
// 5. The test file is read once, for the card.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { readSafetensors, writeSafetensors } from "@weft-nlp/core/archive";
import { collectCandidates, operatingPoints, pointOfPrecision } from "@weft-nlp/core/metrics";
import { loadModel, predictSentences } from "@weft-nlp/node/extractor";
import { modelCard } from "./model-card.mjs";
import { wikidataRelations } from "./wikidata-relations.mjs";

/** @typedef {import("@weft-nlp/core").Sentence & { doc: string }} Sentence */

const root = fileURLToPath(new URL("..", import.meta.url));
const work = join(root, ".cache/model-en");
const target = join(root, "packages/model-en/model");
const goal = { precision: 0.75, minCorrect: 5 };
const folds = 5;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { threads: { type: "string", default: "2" } } });
const [data] = positionals;
if (data === undefined) {
  console.error("usage: node scripts/build-model.mjs DATA [--threads N]");
  process.exit(1);
}

const [train, dev, test] = [read("train"), read("dev"), read("test")];
const documents = [...new Set(train.map(({ doc }) => doc))];
const foldOf = new Map(documents.map((doc, index) => [doc, index % folds]));

const thresholds = chooseThresholds(await predictFolds());
const known = Object.keys(thresholds);
console.log(`${known.length} of ${Object.keys(wikidataRelations).length} types reach a precision of ${goal.precision}`);

const omitted = Object.values(wikidataRelations).filter((type) => !known.includes(type));
writePackage(trainOn("final", train, dev));

/** The sentences of a part, their relations named. @param {string} part @returns {Sentence[]} */
function read(part) {
  const text = gunzipSync(readFileSync(join(/** @type {string} */ (data), `${part}.jsonl.gz`))).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const sentence = JSON.parse(line);
      const named = (/** @type {{ type: string }} */ relation) => ({ ...relation, type: wikidataRelations[relation.type] });
      return { ...sentence, relations: sentence.relations.map(named) };
    });
}

/** @param {Sentence[]} sentences @param {readonly string[]} types */
function without(sentences, types) {
  return sentences.map((sentence) => ({
    ...sentence,
    relations: sentence.relations.filter(({ type }) => !types.includes(type)),
  }));
}

/**
 * The candidates for relations in the training sentences, each from a model without its document.
 */
async function predictFolds() {
  const sets = [];
  for (let fold = 0; fold < folds; fold++) {
    const [own, others] = [true, false].map((inside) => train.filter(({ doc }) => (foldOf.get(doc) === fold) === inside));
    const folder = trainOn(`fold-${fold}`, /** @type {Sentence[]} */ (others), dev);
    const model = await loadModel(folder, { threads: Number(values.threads) });
    const sentences = /** @type {Sentence[]} */ (own);
    const predictions = await predictSentences(model, sentences, { threads: Number(values.threads), threshold: 0.001 });
    sets.push(collectCandidates("strict", sentences, predictions));
  }
  return sets;
}

/**
 * The threshold of each type that reaches the goal.
 *
 * @param {readonly import("@weft-nlp/core/metrics").CandidateSet[]} sets
 */
function chooseThresholds(sets) {
  const candidates = sets.flatMap((set) => set.candidates);
  /** @type {Record<string, number>} */
  const chosen = {};
  for (const type of Object.values(wikidataRelations).toSorted()) {
    const gold = sets.reduce((sum, set) => sum + (set.gold.get(type) ?? 0), 0);
    const own = candidates.filter((candidate) => candidate.type === type);
    const point = pointOfPrecision(operatingPoints({ candidates: own, gold: new Map([[type, gold]]) }), goal.precision);
    if (point === undefined || point.precision < goal.precision || point.correct < goal.minCorrect) continue;
    chosen[type] = point.threshold;
    console.log(`${type}: ${point.threshold}, ${point.correct} of ${point.predicted} right, ${gold} annotated`);
  }
  return chosen;
}

/**
 * @param {string} name
 * @param {readonly Sentence[]} learnt
 * @param {readonly Sentence[]} chosenBy
 */
function trainOn(name, learnt, chosenBy) {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  const set = Object.entries({ train: learnt, dev: chosenBy }).flatMap(([part, sentences]) => [
    "--set",
    `data.${part}=${written(join(folder, `${part}.jsonl`), sentences)}`,
  ]);
  const out = join(folder, "run");
  if (existsSync(join(out, "report.json"))) return out;
  const resume = existsSync(out) ? ["--resume"] : [];
  weft("train", join(root, "experiments/model-en.yaml"), "--run", out, "--threads", values.threads, ...set, ...resume);
  return out;
}

/** @param {string} path @param {readonly Sentence[]} sentences @returns {string} the path */
function written(path, sentences) {
  writeFileSync(path, `${sentences.map((sentence) => JSON.stringify(sentence)).join("\n")}\n`);
  return path;
}

/** @param {string} run */
function writePackage(run) {
  rmSync(target, { recursive: true, force: true });
  cpSync(join(run, "model"), target, { recursive: true });
  rmSync(join(target, "README.md"));
  const config = JSON.parse(readFileSync(join(target, "config.json"), "utf8"));
  const threshold = { ...Object.fromEntries(omitted.map((type) => [type, 1])), ...thresholds };
  writeFileSync(join(target, "config.json"), `${JSON.stringify({ ...config, threshold }, null, 1)}\n`);
  const weights = readSafetensors(readFileSync(join(target, "model.safetensors")), "model.safetensors");
  writeFileSync(join(target, "model.safetensors"), writeSafetensors(weights, "F16"));
  const bytes = readdirSync(target).reduce((sum, name) => sum + statSync(join(target, name)).size, 0);
  console.log(`packages/model-en/model: ${(bytes / 1e6).toFixed(2)} MB`);
  const reports = { dev: evaluate("dev", without(dev, omitted)), test: evaluate("test", without(test, omitted)) };
  const card = modelCard({ ...reports, omitted: omitted.length, ids: wikidataRelations });
  writeFileSync(join(root, "packages/model-en/README.md"), card);
}

/** @param {string} part @param {readonly Sentence[]} sentences */
function evaluate(part, sentences) {
  const file = written(join(work, `${part}.jsonl`), sentences);
  const protocol = ["--protocol", "strict,ner-strict"];
  return JSON.parse(weft("evaluate", target, file, ...protocol, "--threads", values.threads, "--json"));
}

/** @param {string[]} args */
function weft(...args) {
  return execFileSync(process.execPath, [join(root, "packages/weft/bin/weft.js"), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 28,
  });
}
