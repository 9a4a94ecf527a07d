"""Reference values of transformers of the BERT family for the tests of our own implementation.

Computed by Hugging Face's `transformers`, in float64, one sentence at a time without padding. The weights are random multiples
of 1/1024, so they are the same numbers in float32.

usage: python3 bench/peers/transformer_fixture.py [FOLDER]    # default packages/core/src/encoders/transformer/fixtures
needs: pip install torch transformers numpy
"""
import json
import os
import random
import sys

import torch
import transformers
from safetensors.torch import save_file

SEED = "weft-transformer-1"
LENGTHS = (5, 1, 11)
VOCABULARY, WIDTH, HEADS, INNER, LAYERS, POSITIONS = 40, 32, 4, 48, 2, 16

USUAL = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, num_attention_heads=HEADS, intermediate_size=INNER,
             num_hidden_layers=LAYERS, max_position_embeddings=POSITIONS, type_vocab_size=2)
MODELS = {
    "bert": (transformers.BertConfig, transformers.BertModel, USUAL),
    "roberta": (transformers.RobertaConfig, transformers.RobertaModel,
                {**USUAL, "type_vocab_size": 1, "max_position_embeddings": POSITIONS + 2, "pad_token_id": 1, "layer_norm_eps": 1e-5}),
    "distilbert": (transformers.DistilBertConfig, transformers.DistilBertModel,
                   dict(vocab_size=VOCABULARY, dim=WIDTH, n_heads=HEADS, hidden_dim=INNER, n_layers=LAYERS,
                        max_position_embeddings=POSITIONS)),
    "electra": (transformers.ElectraConfig, transformers.ElectraModel, {**USUAL, "embedding_size": 20}),
}
PREFIXED = {"roberta": "roberta."}  # one file as a model with a head writes it
WITH_GRADIENTS = {"bert"}


def drawn(name, shape):
    """Every weight has its own random stream. The scales of normalisations lie around 1."""
    draw = random.Random(f"{SEED}/{name}")
    is_scale = "norm" in name.lower() and name.endswith("weight")
    values = [(1024 if is_scale else 0) + round(draw.gauss(0, 1) * 200) for _ in range(torch.Size(shape).numel())]
    return torch.tensor(values, dtype=torch.float64).view(shape) / 1024


def sentences():
    draw = random.Random(SEED)
    return [[draw.randrange(2, VOCABULARY) for _ in range(length)] for length in LENGTHS]


def numbers(tensor):
    return [float(f"{value:.8g}") + 0.0 for value in tensor.detach().reshape(-1).tolist()]


def write(folder, name):
    make_config, make_model, sizes = MODELS[name]
    config = make_config(**sizes)
    config._attn_implementation = "eager"
    model = make_model(config).double().eval()
    state = {key: drawn(key, value.shape) for key, value in model.state_dict().items() if value.is_floating_point()}
    model.load_state_dict(state, strict=False)
    pieces = sentences()
    outputs = [model(torch.tensor([ids]), output_hidden_states=True).hidden_states for ids in pieces]
    stages = [torch.cat([sentence[stage][0] for sentence in outputs]) for stage in range(LAYERS + 1)]
    functional = drawn("functional", stages[-1].shape)
    place = os.path.join(folder, name)
    os.makedirs(place, exist_ok=True)
    prefix = PREFIXED.get(name, "")
    stored = {prefix + key: value.float().contiguous() for key, value in state.items() if not key.startswith("pooler.")}
    save_file(stored, os.path.join(place, "model.safetensors"), metadata={"format": "pt"})
    if name in WITH_GRADIENTS:
        (stages[-1] * functional).sum().backward()
        gradients = {key: value.grad.float().contiguous() for key, value in model.named_parameters() if value.grad is not None}
        save_file(gradients, os.path.join(place, "gradients.safetensors"), metadata={"format": "pt"})
    with open(os.path.join(place, "config.json"), "w") as out:
        json.dump(config.to_diff_dict() | {"model_type": config.model_type} | sizes, out, indent=1, sort_keys=True)
        out.write("\n")
    expected = dict(
        sentences=pieces, functional=numbers(functional), stages=[numbers(stage) for stage in stages],
        origin=dict(script="bench/peers/transformer_fixture.py", torch=torch.__version__.split("+")[0],
                    transformers=transformers.__version__, dtype="float64"))
    with open(os.path.join(place, "expected.json"), "w") as out:
        out.write(json.dumps(expected, separators=(",", ":")) + "\n")
    print(name, {part: os.path.getsize(os.path.join(place, part)) for part in sorted(os.listdir(place))})


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../packages/core/src/encoders/transformer/fixtures")
    for name in MODELS:
        write(folder, name)


if __name__ == "__main__":
    main()
