import { buildModel, Predictor } from "@weft-nlp/core/inference";
import { parseConfig } from "@weft-nlp/core/training";
import { Labels, Vocabulary } from "@weft-nlp/core/vocabulary";

/**
 * An untrained RIN for the sentences of `rinWorkload`, and its configuration.
 *
 * @param data the workload
 * @param options of the command line: K, chunk and batch
 * @param engine options of the engine
 */
export function buildRin(data, options, engine) {
  const lexicon = {
    words: Vocabulary.build(made(data.words - 1, "w")),
    pos: Vocabulary.build(made(data.pos - 1, "p")),
    typed: false,
    scheme: "bioes",
    tags: Labels.inOrder(["O", "B", "I", "E", "S"]),
    relations: Labels.inOrder(made(data.relations, "r")),
  };
  const config = parseConfig({
    data: { train: "-", dev: "-" },
    model: { name: "rin", rounds: Number(options.K ?? 4) },
    training: { chunk: Number(options.chunk ?? 5), batch: Number(options.batch ?? 50) },
  });
  const { name, ...settings } = config.model;
  return { built: buildModel({ name, settings, lexicon, threshold: 0.5 }, engine), config };
}

const made = (count, letter) => Array.from({ length: count }, (_, i) => `${letter}${i}`);

/**
 * Makes untrained weights predict about as much as trained ones, as in the peer: hardly any cell,
 * and `wanted` entities of one word in a sentence, on average.
 */
export function predictLikeTrained(built, { relations }, examples, wanted = 3) {
  const bias = (name, values) => built.store.write(built.store.get(`rin/${name}/bias`), Float32Array.from(values));
  bias("relation", new Array(relations).fill(-30));
  // A predictor of its own, so that the measured one starts cold.
  const predictor = new Predictor(built);
  let [low, high] = [-4, 4];
  for (let step = 0; step < 14; step++) {
    const single = (low + high) / 2;
    bias("tag", [0, -30, -30, -30, single]);
    const predictions = predictor.predict(examples, { threshold: 0.5 });
    const found = predictions.reduce((sum, { entities }) => sum + entities.length, 0) / examples.length;
    if (Math.abs(found - wanted) < 0.05 * wanted) break;
    [low, high] = found > wanted ? [low, single] : [single, high];
  }
}

export function toExample({ words, pos, tags, cells }) {
  const distinct = [...new Map(cells.map((cell) => [cell.join(), cell])).values()];
  distinct.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  return {
    length: words.length,
    inputs: {
      words: { ids: Int32Array.from(words), unknown: new Int32Array(words.length) },
      pos: { ids: Int32Array.from(pos) },
    },
    tags: Int32Array.from(tags),
    cells: Int32Array.from(distinct.flat()),
  };
}
