import type { TransformerShape } from "./transformer-shape.ts";

/** One parameter of a transformer: its path in ours, and its name in a file of Hugging Face. */
export interface TransformerParameter {
  /** Below the scope of the network: `layer-1/query/weight`. */
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
  /**
   * Rows of a table are looked up by number. The file has a matrix the other way round,
   * [columns, rows], and a row [1, columns] as [columns].
   */
  readonly form: "table" | "matrix" | "row";
  /** Its name without the model's prefix; old files have the second one. */
  readonly names: readonly string[];
}

/** What comes before every name in a file that holds more than the transformer. */
export const prefixes: Readonly<Record<TransformerShape["family"], string>> = {
  bert: "bert.",
  roberta: "roberta.",
  "xlm-roberta": "roberta.",
  distilbert: "distilbert.",
  electra: "electra.",
};

/** Names of the parts of a layer in a file, by those of ours. */
const bertLayer = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  output: "attention.output.dense",
  "attention-norm": "attention.output.LayerNorm",
  inner: "intermediate.dense",
  outer: "output.dense",
  "output-norm": "output.LayerNorm",
};
const distilbertLayer: typeof bertLayer = {
  query: "attention.q_lin",
  key: "attention.k_lin",
  value: "attention.v_lin",
  output: "attention.out_lin",
  "attention-norm": "sa_layer_norm",
  inner: "ffn.lin1",
  outer: "ffn.lin2",
  "output-norm": "output_layer_norm",
};

/** Every parameter of a transformer, in the order in which its network adds them. */
export function transformerParameters(shape: TransformerShape): TransformerParameter[] {
  const { family, layers, width, inner, vocabulary, positions, types, embeddingWidth } = shape;
  const found = [
    table("embedding/words", "embeddings.word_embeddings", vocabulary, embeddingWidth),
    table("embedding/positions", "embeddings.position_embeddings", positions, embeddingWidth),
    ...(types === 0 ? [] : [table("embedding/types", "embeddings.token_type_embeddings", types, embeddingWidth)]),
    ...norm("embedding/norm", "embeddings.LayerNorm", embeddingWidth),
    ...(embeddingWidth === width ? [] : linear("embedding/projection", "embeddings_project", embeddingWidth, width)),
  ];
  const distilled = family === "distilbert";
  const theirs = distilled ? distilbertLayer : bertLayer;
  for (let layer = 1; layer <= layers; layer++) {
    const ours = `layer-${layer}`;
    const from = `${distilled ? "transformer" : "encoder"}.layer.${layer - 1}`;
    for (const part of ["query", "key", "value", "output"] as const) {
      found.push(...linear(`${ours}/${part}`, `${from}.${theirs[part]}`, width, width));
    }
    found.push(
      ...norm(`${ours}/attention-norm`, `${from}.${theirs["attention-norm"]}`, width),
      ...linear(`${ours}/inner`, `${from}.${theirs.inner}`, width, inner),
      ...linear(`${ours}/outer`, `${from}.${theirs.outer}`, inner, width),
      ...norm(`${ours}/output-norm`, `${from}.${theirs["output-norm"]}`, width),
    );
  }
  return found;
}

function table(path: string, name: string, rows: number, columns: number): TransformerParameter {
  return { path: `${path}/weight`, rows, columns, form: "table", names: [`${name}.weight`] };
}

function linear(path: string, name: string, inputs: number, outputs: number): TransformerParameter[] {
  return [
    { path: `${path}/weight`, rows: inputs, columns: outputs, form: "matrix", names: [`${name}.weight`] },
    { path: `${path}/bias`, rows: 1, columns: outputs, form: "row", names: [`${name}.bias`] },
  ];
}

function norm(path: string, name: string, columns: number): TransformerParameter[] {
  return [
    { path: `${path}/scale`, rows: 1, columns, form: "row", names: [`${name}.weight`, `${name}.gamma`] },
    { path: `${path}/shift`, rows: 1, columns, form: "row", names: [`${name}.bias`, `${name}.beta`] },
  ];
}
