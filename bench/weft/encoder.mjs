// One case of `npm run bench -- encoder`: the states of a transformer, or the gradient of every
// weight. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { Arena, Engine, ParameterStore, Tape } from "@weft-nlp/tensor";
import {
  readTransformerShape,
  readTransformerWeights,
  TransformerNetwork,
} from "../../packages/core/dist/encoders/transformer/index.js";
import { Scope } from "../../packages/core/dist/nn/index.js";
import { prepareKernels } from "../../packages/node/dist/workers/prepare-kernels.js";
import { readOptions } from "../lib/options.mjs";
import { floatArrays } from "../lib/safetensors.mjs";

const { options } = readOptions(process.argv.slice(2));
prepareKernels();
const { folder, data, build, compare, work = "forward", batch = "8" } = options;
const sentences = JSON.parse(readFileSync(data, "utf8"));
const shape = readTransformerShape(JSON.parse(readFileSync(`${folder}/config.json`, "utf8")), { source: "config.json" });

const gradient = work === "gradient";
const engine = Engine.create(build === undefined ? {} : { build });
const store = new ParameterStore(engine.heap, { seed: null });
const network = new TransformerNetwork(shape, new Scope(store, "encoder"), { frozen: gradient ? 0 : shape.layers + 1 });
network.load(store, readTransformerWeights(shape, floatArrays(`${folder}/model.safetensors`), { source: "model.safetensors" }));
const dense = gradient ? engine.heap.allocate(store.denseSize * 4) : 0;
const [arena, scratch] = [new Arena(engine.heap), new Arena(engine.heap)];

if (compare !== undefined) printDifference();
else printSpeed();

function printSpeed() {
  const size = Number(batch);
  const count = Math.ceil(sentences.length / size);
  const groups = Array.from({ length: count }, (_, k) => sentences.slice(size * k, size * k + size));
  for (const group of groups.slice(0, 4)) run(group);
  const begun = performance.now();
  const spent = process.cpuUsage();
  for (const group of groups) run(group);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(spent);
  const pieces = sentences.reduce((sum, { length }) => sum + length, 0);
  const squares = sentences.reduce((sum, { length }) => sum + length ** 2, 0);
  const { layers, width, inner } = shape;
  const flop = layers * (pieces * (8 * width ** 2 + 4 * width * inner) + squares * 4 * width) * (gradient ? 3 : 1);
  console.log(
    JSON.stringify({
      ...options,
      sentences_per_second: sentences.length / seconds,
      sentences_per_cpu_second: sentences.length / ((user + system) / 1e6),
      gflop_per_cpu_second: flop / ((user + system) * 1e3),
      rss_mb: process.memoryUsage().rss / 2 ** 20,
    }),
  );
}

function run(group) {
  arena.reset();
  scratch.reset();
  if (gradient) {
    engine.heap.clear(dense, store.denseSize * 4);
    engine.refreshTransposed(store);
  }
  const tape = new Tape(engine, arena, gradient ? { gradients: { dense }, training: true } : { scratch });
  const offsets = Int32Array.from([0, ...group.map(({ length }) => length)]);
  for (let s = 1; s < offsets.length; s++) offsets[s] += offsets[s - 1];
  const states = network.forward(tape, Int32Array.from(group.flat()), offsets);
  if (gradient) {
    const { grad, rows, stride } = states.at(-1);
    engine.heap.floats(grad, rows * stride).fill(1 / rows);
    tape.backward();
  }
  return states.map((matrix) => [tape, matrix]);
}

/** The first eight sentences, sentence by sentence, layer by layer. */
function printDifference() {
  const theirs = new Float32Array(readFileSync(compare).buffer.slice(0));
  let [at, difference, largest] = [0, 0, 0];
  for (const sentence of sentences.slice(0, 8)) {
    for (const [tape, matrix] of run([sentence])) {
      for (const value of tape.read(matrix)) {
        difference = Math.max(difference, Math.abs(value - theirs[at]));
        largest = Math.max(largest, Math.abs(theirs[at++]));
      }
    }
  }
  if (at !== theirs.length) throw new Error(`${theirs.length} cells of PyTorch, but ${at} of ours`);
  console.log(JSON.stringify({ cells: at, difference, largest }));
}
