"""The network of Ye et al. 2019 in PyTorch, for `npm run bench -- pairs`: as printed, and with the convolution shared between pairs.

naive: every pair is a padded sequence of word, tag and both offsets. fact: words and tags are multiplied by the filters once per
sentence, offsets once per entity; a pair is the sum of three rows. Both run on batches of sentences with all their pairs; `--sort 1`
batches sentences of similar length. Prints one line of JSON.
"""
import argparse
import json
import resource
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

FAR = 60

options = argparse.ArgumentParser()
options.add_argument("--data")
options.add_argument("--variant", default="fact")
options.add_argument("--sort", type=int, default=1)
options.add_argument("--infer", type=int, default=0)
options.add_argument("--threads", type=int, default=1)
options.add_argument("--batches", type=int, default=8)
options.add_argument("--warm", type=int, default=2)
options = options.parse_args()
torch.set_num_threads(options.threads)
torch.set_flush_denormal(True)
torch.manual_seed(0)
data = json.load(open(options.data))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.tags, self.near = nn.Embedding(data["words"], 200), nn.Embedding(data["tags"], 50), nn.Embedding(2 * FAR + 1, 50)
        self.filters = nn.ModuleList([nn.Conv1d(350, 64, k) for k in range(4, 11)])
        self.hidden, self.classes, self.identity = nn.Linear(448, 128), nn.Linear(128, data["relations"], bias=False), nn.Linear(448, 2)

    def heads(self, pooled):
        hidden = F.dropout(F.relu(self.hidden(pooled)), 0.2, self.training)
        return self.classes(hidden), self.identity(pooled)

    def naive(self, b):
        s = b["sentence"]
        x = torch.cat([self.words(b["words"]), self.tags(b["tags"])], 2)[s]
        x = torch.cat([x, self.near(b["near"])[b["first"]], self.near(b["near"])[b["second"]]], 2) * b["mask"][s].unsqueeze(2)
        x, outside, pooled = x.transpose(1, 2), (b["mask"][s] == 0).unsqueeze(1), []
        for layer in self.filters:
            k = layer.kernel_size[0]
            y = layer(F.pad(x, ((k - 1) // 2, k - 1 - (k - 1) // 2)))
            pooled.append(F.relu(y.masked_fill(outside, -1e9).max(2)[0]))
        return self.heads(torch.cat(pooled, 1))

    def fact(self, b):
        s, owner = b["sentence"], b["owner"]
        x = (torch.cat([self.words(b["words"]), self.tags(b["tags"])], 2) * b["mask"].unsqueeze(2)).transpose(1, 2)
        near = (self.near(b["near"]) * b["mask"][owner].unsqueeze(2)).transpose(1, 2)
        outside, pooled = (b["mask"][s] == 0).unsqueeze(1), []
        for layer in self.filters:
            k, w = layer.kernel_size[0], layer.weight
            pad = ((k - 1) // 2, k - 1 - (k - 1) // 2)
            words = F.conv1d(F.pad(x, pad), w[:, :250], layer.bias)
            first, second = F.conv1d(F.pad(near, pad), w[:, 250:300]), F.conv1d(F.pad(near, pad), w[:, 300:])
            y = words[s] + first[b["first"]] + second[b["second"]]
            pooled.append(F.relu(y.masked_fill(outside, -1e9).max(2)[0]))
        return self.heads(torch.cat(pooled, 1))


def packed(group):
    n = max(len(s["words"]) for s in group)
    padded = lambda rows: torch.tensor([row + [0] * (n - len(row)) for row in rows])
    owner, near, pairs, labels = [], [], [], []
    for index, s in enumerate(group):
        base, m = len(owner), len(s["entities"])
        for e in s["entities"]:
            owner.append(index)
            near.append([max(-FAR, min(FAR, i - e)) + FAR for i in range(len(s["words"]))])
        pairs += [(index, base + x, base + y) for x in range(m) for y in range(x + 1, m)]
        labels += s["labels"]
    sentence, first, second = (torch.tensor(column) for column in zip(*pairs))
    return dict(words=padded([s["words"] for s in group]), tags=padded([s["tags"] for s in group]), near=padded(near),
                mask=padded([[1.0] * len(s["words"]) for s in group]), owner=torch.tensor(owner), sentence=sentence, first=first,
                second=second, labels=torch.tensor(labels))


def batches(size=256):
    groups, group, count = [], [], 0
    for s in sorted(data["sentences"], key=lambda s: len(s["words"])) if options.sort else data["sentences"]:
        if count + len(s["labels"]) > size and group:
            groups.append(group)
            group, count = [], 0
        group.append(s)
        count += len(s["labels"])
    return groups


def ranking(scores, labels):
    """Eq. 5 to 7."""
    positive = labels >= 0
    wrong = scores.scatter(1, labels.clamp(min=0).unsqueeze(1), torch.where(positive, torch.tensor(-1e9), scores[range(len(labels)), labels.clamp(min=0)]).unsqueeze(1))
    loss = F.softplus(2 * (0.5 + wrong.max(1)[0])).sum()
    return loss + F.softplus(2 * (2.5 - scores[positive, labels[positive]])).sum()


network = Network()
optimiser = torch.optim.RMSprop(network.parameters(), lr=1e-3)


def step(batch):
    if options.infer:
        with torch.inference_mode():
            getattr(network, options.variant)(batch)
    else:
        classes, identity = getattr(network, options.variant)(batch)
        loss = (ranking(classes, batch["labels"]) + F.cross_entropy(identity, (batch["labels"] >= 0).long(), reduction="sum")) / len(batch["words"])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return len(batch["labels"])


network.train(not options.infer)
groups = batches()
warm = [packed(groups[i % len(groups)]) for i in range(options.warm)]
timed = [packed(groups[int((i + 0.5) * len(groups) / options.batches)]) for i in range(options.batches)]  # before the clock starts, as on our side
for batch in warm:
    step(batch)
begun, spent = time.perf_counter(), time.process_time()
pairs = sum(step(batch) for batch in timed)
seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
print(json.dumps(dict(variant=options.variant, sort=options.sort, infer=options.infer, sentences_per_second=pairs / seconds,
                      pairs_per_cpu_second=pairs / cpu, rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
