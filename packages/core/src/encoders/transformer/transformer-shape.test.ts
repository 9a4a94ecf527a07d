import { describe, expect, test } from "vitest";
import { parameterCount, pieceLimit, readTransformerShape } from "./transformer-shape.ts";

const at = { source: "config.json" };
const bert = {
  model_type: "bert",
  hidden_act: "gelu",
  hidden_size: 384,
  intermediate_size: 1536,
  layer_norm_eps: 1e-12,
  max_position_embeddings: 512,
  num_attention_heads: 12,
  num_hidden_layers: 6,
  type_vocab_size: 2,
  vocab_size: 30522,
};
const distilbert = { dim: 768, hidden_dim: 3072, n_heads: 12, n_layers: 6, activation: "gelu", vocab_size: 30522 };

test("the sizes of MiniLM", () => {
  const shape = readTransformerShape(bert, at);
  expect(shape).toEqual({
    family: "bert",
    layers: 6,
    width: 384,
    heads: 12,
    inner: 1536,
    vocabulary: 30522,
    positions: 512,
    positionOffset: 0,
    types: 2,
    embeddingWidth: 384,
    epsilon: 1e-12,
    activation: "gelu",
  });
  // The count that Hugging Face prints for it, less the pooler's 147,840.
  expect(parameterCount(shape)).toBe(22_713_216 - 147_840);
});

test("RoBERTa keeps the positions up to the padding piece's for itself", () => {
  const roberta = { ...bert, model_type: "roberta", max_position_embeddings: 514, type_vocab_size: 1, pad_token_id: 1 };
  const shape = readTransformerShape(roberta, at);
  expect(shape).toMatchObject({ family: "roberta", positionOffset: 2, positions: 514 });
  expect(pieceLimit(shape)).toBe(512);
  expect(readTransformerShape({ ...roberta, model_type: "camembert" }, at).family).toBe("roberta");
  expect(readTransformerShape({ ...roberta, model_type: "xlm-roberta", pad_token_id: 0 }, at).positionOffset).toBe(1);
});

test("DistilBERT has names of its own and no sentence types, ELECTRA a width of its embeddings", () => {
  const shape = readTransformerShape({ ...distilbert, model_type: "distilbert", max_position_embeddings: 512 }, at);
  expect(shape).toMatchObject({ width: 768, inner: 3072, heads: 12, layers: 6, types: 0, epsilon: 1e-12 });
  const electra = readTransformerShape({ ...bert, model_type: "electra", embedding_size: 128 }, at);
  expect(electra).toMatchObject({ embeddingWidth: 128, width: 384 });
});

describe("refused is", () => {
  const refused: [what: string, change: Record<string, unknown>, path: string, message: string][] = [
    ["another kind", { model_type: "gpt2" }, "model_type", 'the kind of model is "gpt2", which is not one of bert'],
    ["no kind", { model_type: undefined }, "model_type", "the kind of model is nothing"],
    ["a name of Object", { model_type: "toString" }, "model_type", 'the kind of model is "toString"'],
    ["another activation", { hidden_act: "gelu_new" }, "hidden_act", 'expected "gelu", found "gelu_new"'],
    ["relative positions", { position_embedding_type: "relative_key" }, "position_embedding_type", 'expected "absolute"'],
    ["a decoder", { is_decoder: true }, "is_decoder", "expected false, found true"],
    ["a missing size", { hidden_size: null }, "hidden_size", "expected a whole number from 1 to 16384, found nothing"],
    ["text for a size", { vocab_size: "9" }, "vocab_size", 'found "9"'],
    ["part of a layer", { num_hidden_layers: 1.5 }, "num_hidden_layers", "expected a whole number from 1 to 128, found 1.5"],
    ["a hostile size", { intermediate_size: 1e300 }, "intermediate_size", "found 1e+300"],
    ["heads that do not fit", { num_attention_heads: 7 }, "num_attention_heads", "7 heads cannot share 384 columns"],
    ["ε = 0", { layer_norm_eps: 0 }, "layer_norm_eps", "expected a number above 0 and at most 1, found 0"],
    [
      "no room for a sentence",
      { model_type: "roberta", max_position_embeddings: 2 },
      "max_position_embeddings",
      "2 positions leave none",
    ],
    [
      "more weights than memory",
      { hidden_size: 8192, num_attention_heads: 64, num_hidden_layers: 100 },
      "vocab_size",
      "but at most 1.1e+9 fit into the memory",
    ],
  ];

  test.each(refused)("%s", (_, change, path, message) => {
    const read = () => readTransformerShape({ ...bert, ...change }, at);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: "ARCHIVE_INVALID", at: { source: "config.json", path } }));
  });

  test.each([[undefined], [null], ["bert"], [[bert]]])("%j, which is no object", (config) => {
    expect(() => readTransformerShape(config, at)).toThrow("the configuration is not a JSON object");
  });
});
