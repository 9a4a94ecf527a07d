// `npm run demo`: trains and evaluates a model on the bundled corpus, and extracts from a text that
// is in no file. The run stays in runs/demo. A second demo trains in another folder and replaces
// the run at the end, so an interrupted demo leaves the previous run intact.
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { triplesOf } from "@weft-nlp/core";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { textTable } from "@weft-nlp/draw";
import { Extractor, readConfig, trainRun } from "@weft-nlp/node";
import { resolvePaths } from "../packages/node/dist/runs/resolve-paths.js";

const paragraph =
  "Ilse Brandt founded Nordlicht Audio in Rostock in 2009 and still leads the company, which makes the Polaris Seven headphones. " +
  "Last spring it was acquired by Meridian Sound of Dublin, Ireland. " +
  "The novelist Tariq Aziz Malik, who wrote The Salt Orchard, lives in Lahore with his wife, Hanna Weiss.";

const begun = performance.now();
const say = (text = "") => process.stderr.write(`${text}\n`);
process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const config = resolvePaths(await readConfig("examples/corpus/weft.yaml", trainConfigSchema()));
const [run, fresh, former] = ["runs/demo", "runs/demo.new", "runs/demo.old"];
if (await holdsAnotherRun()) {
  say(`${run} holds a run of something else; move it to another folder and run npm run demo again`);
  process.exit(1);
}
for (const rest of [fresh, former]) rmSync(rest, { recursive: true, force: true });
say("Training RIN on examples/corpus (640 sentences, 7 entity types, 18 relation types) …");
await train();
if (existsSync(run)) renameSync(run, former);
renameSync(fresh, run);
rmSync(former, { recursive: true, force: true });
await extract();

async function holdsAnotherRun() {
  const file = join(run, "config.yaml");
  if (!existsSync(file)) return existsSync(run);
  const { value } = await readConfig(file, trainConfigSchema());
  return value.data.train !== config.data.train;
}

async function train() {
  for await (const event of trainRun({ config, folder: fresh })) {
    if (event.kind === "evaluation" && (event.epoch % 8 === 0 || event.epoch === config.training.epochs)) {
      say(`  epoch ${String(event.epoch).padStart(2)} of ${config.training.epochs}   F1 on dev ${points(event.score)}`);
    }
    if (event.kind !== "done") continue;
    say();
    const rows = [event.dev, event.test].flatMap((report) =>
      Object.values(report?.protocols ?? {}).map(({ protocol, micro }) => [
        report?.split ?? "",
        protocol,
        points(micro.precision),
        points(micro.recall),
        points(micro.f1),
      ]),
    );
    console.log(textTable(["", "protocol", "P", "R", "F1"], rows, { align: ["left", "left", "right", "right", "right"] }));
    say("\nstrict: relation type, both spans and both entity types are right. No test triple occurs in train.");
    say("The best epoch was chosen on dev and test was read once. One seed, GloVe vectors.");
  }
}

async function extract() {
  const extractor = await Extractor.open(run);
  const document = await extractor.text(paragraph);
  await extractor.close();
  say(`\nFrom a paragraph the model has never seen:\n\n  ${paragraph.replaceAll(". ", ".\n  ")}\n`);
  const rows = triplesOf(document).map(({ head, relation, tail, confidence }) => [
    head.text,
    relation,
    tail.text,
    `${Math.round(100 * confidence)} %`,
  ]);
  console.log(textTable(["head", "relation", "tail", "confidence"], rows, { align: ["left", "left", "left", "right"] }));
  say(`\n${((performance.now() - begun) / 1000).toFixed(0)} s in all. Try next:`);
  say("  npx weft serve runs/demo                                      this model in a page, on http://127.0.0.1:7433");
  say('  echo "Your own sentence." | npx weft extract runs/demo        JSON with offsets and confidences');
  say("  npx weft train examples/corpus/weft.yaml --run runs/mine      trains a run of your own");
  say("  npx weft --help                                               everything else");
}

/** @param {number} rate */
function points(rate) {
  return (100 * rate).toFixed(1);
}
