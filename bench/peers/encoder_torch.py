"""A transformer of Hugging Face's `transformers`, as one case of `npm run bench -- encoder`.

Batches are sorted by length and padded, with the attention that PyTorch finds fastest (`sdpa`).
"""
import argparse
import json
import resource
import time

import torch
from transformers import AutoModel

parser = argparse.ArgumentParser()
parser.add_argument("--folder", required=True)
parser.add_argument("--data", required=True)
parser.add_argument("--work", default="forward")
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--states", help="write the states of all layers for the first eight sentences there, as 32-bit floats")
options = parser.parse_args()
torch.set_num_threads(options.threads)

with open(options.data) as file:
    sentences = json.load(file)
model = AutoModel.from_pretrained(options.folder, add_pooling_layer=False, attn_implementation="sdpa").float().eval()
gradient = options.work == "gradient"


def padded(group):
    longest = max(map(len, group))
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids in group])
    mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in group])
    return dict(input_ids=ids, attention_mask=mask, output_hidden_states=True)


def run(group):
    if gradient:
        model.zero_grad(set_to_none=False)
        states = model(**padded(group)).hidden_states
        states[-1].sum().backward()
        return states
    with torch.inference_mode():
        return model(**padded(group)).hidden_states


if options.states:
    with open(options.states, "wb") as file:
        for sentence in sentences[:8]:
            for state in run([sentence]):
                file.write(state[0].contiguous().numpy().tobytes())
else:
    ordered = sorted(sentences, key=len)
    groups = [ordered[i:i + options.batch] for i in range(0, len(ordered), options.batch)]
    for group in groups[:: max(1, len(groups) // 4)]:
        run(group)
    begun, spent = time.perf_counter(), time.process_time()
    for group in groups:
        run(group)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    print(json.dumps(dict(sentences_per_second=len(sentences) / seconds, sentences_per_cpu_second=len(sentences) / cpu,
                          rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
