// `npm run demo`: the main job, once, on the bundled corpus: train, evaluate, extract from a text that is in no file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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
const config = resolvePaths(
  await readConfig(fileURLToPath(new URL("../examples/corpus/weft.yaml", import.meta.url)), trainConfigSchema()),
);
const folder = mkdtempSync(join(tmpdir(), "weft-demo-"));
try {
  say("Training RIN on examples/corpus (640 sentences, 7 entity types, 18 relation types) …");
  await train();
  await extract();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function train() {
  for await (const event of trainRun({ config, folder: join(folder, "run") })) {
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
    say("\nstrict: relation type, both spans and both entity types are right. No test triple occurs in train;");
    say("the best epoch was chosen on dev, test was read once; one seed, no word vectors.");
  }
}

async function extract() {
  const extractor = await Extractor.open(join(folder, "run"));
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
  say("  npx weft train examples/corpus/weft.yaml --run runs/mine      the same, kept; curves in runs/mine/score.svg");
  say('  echo "Your own sentence." | npx weft extract runs/mine        JSON with offsets and confidences');
  say("  npx weft --help                                               everything else");
}

/** @param {number} rate */
function points(rate) {
  return (100 * rate).toFixed(1);
}
