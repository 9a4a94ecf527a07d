// Trains on sentences in memory. Events report progress; the last one has the model.
import { collectSentences, parseConfig } from "weft-nlp";
import { evaluate } from "weft-nlp/metrics";
import { Predictor } from "weft-nlp/models";
import { train } from "weft-nlp/training";

const read = async (path) => (await collectSentences(path)).sentences.map(({ sentence }) => sentence);
const sentences = await read("examples/corpus/dev.jsonl");
const config = parseConfig({
  data: { train: "in memory", dev: "in memory" },
  model: { name: "rin", rounds: 1, inputs: { words: { size: 32 } }, hiddenSize: 16 },
  optimizer: { name: "adam", rate: 0.01 },
  training: { epochs: 3, batch: 10 },
});

const stop = new AbortController(); // stop.abort() would end the training after the current step
for await (const event of train({ config, train: sentences.slice(0, 60), dev: sentences.slice(60), signal: stop.signal })) {
  if (event.kind === "evaluation") console.log(`epoch ${event.epoch}: F1 on dev is a number: ${Number.isFinite(event.score)}`);
  if (event.kind !== "end") continue;
  const { model } = event;
  const examples = sentences.map((sentence) => model.encoder.encode(sentence));
  const predictions = new Predictor(model).predict(examples, { threshold: 0.5 });
  const report = evaluate(sentences, predictions, { protocols: ["ner-boundaries"] });
  console.log(`scored ${report.sentences} sentences after ${event.epoch} epochs`);
}
