"""The joint network of Sun et al. 2018 and its minimum risk training in PyTorch, for `npm run bench -- joint`.

The straightforward version: padded batches, nn.LSTM over packed sequences, and every span of every pair cut out, padded and convolved
separately. MRT draws samples without dropout (nine tenths from the model, one tenth uniformly from all tags), rejects repeats, and
scores gold and samples in one pass with dropout. Prints one line of JSON.
"""
import argparse
import json
import math
import resource
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

options = argparse.ArgumentParser()
options.add_argument("--data")
options.add_argument("--samples", type=int, default=0)  # 0: only the local losses
options.add_argument("--infer", type=int, default=0)
options.add_argument("--batch", type=int, default=100)
options.add_argument("--threads", type=int, default=1)
options.add_argument("--batches", type=int, default=6)
options.add_argument("--warm", type=int, default=30)
options = options.parse_args()
torch.set_num_threads(options.threads)
torch.set_flush_denormal(True)
torch.manual_seed(0)
data = json.load(open(options.data))

HIDDEN, FILTERS, WIDTHS, MLP, DISTANCES, ALPHA, EPSILON = 64, 25, (2, 3), 128, 20, 1e-4, 0.1
words = {w: i + 1 for i, w in enumerate(sorted({t.lower() for s in data for t in s["tokens"]}))}
letters = {c: i + 1 for i, c in enumerate(sorted({c for s in data for t in s["tokens"] for c in t}))}
types = sorted({e["type"] for s in data for e in s["entities"]})
kinds = sorted({r["type"] for s in data for r in s["relations"]})
tags = ["O"] + [f"{letter}-{kind}" for kind in types for letter in "BILU"]
number = {tag: i for i, tag in enumerate(tags)}
LABELS = 1 + 2 * len(kinds)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.letters = nn.Embedding(len(words) + 1, 100), nn.Embedding(len(letters) + 1, 50, padding_idx=0)
        filters = lambda columns: nn.ModuleList([nn.Conv1d(columns, FILTERS, k, padding=k - 1) for k in WIDTHS])
        self.spelling, self.first, self.second, self.middle = filters(50), *(filters(2 * HIDDEN + len(tags)) for _ in range(3))
        self.lstm = nn.LSTM(100 + FILTERS * len(WIDTHS), HIDDEN, bidirectional=True, batch_first=True)
        self.tag = nn.Linear(2 * HIDDEN, len(tags))
        self.hidden = nn.Linear(3 * FILTERS * len(WIDTHS) + 4 * HIDDEN + DISTANCES, MLP)
        self.label = nn.Linear(MLP, LABELS)
        self.tag.bias.data[0] = 5  # O: otherwise the first steps see every possible span

    def cnn(self, filters, x, lengths):
        """x [B, N, D] with zeros past each row's length; a row of length 0 is one row of zeros."""
        pooled = []
        for layer in filters:
            y = layer(x.transpose(1, 2))
            seen = torch.arange(y.shape[2]) < (lengths.clamp(min=1) + layer.kernel_size[0] - 1).unsqueeze(1)
            pooled.append(F.relu(y.masked_fill(~seen.unsqueeze(1), -1e9).max(2)[0]))
        return torch.cat(pooled, 1)

    def drop(self, x):
        return F.dropout(x, 0.5, self.training)

    def states(self, b):
        rows, n, c = b["letters"].shape
        spelled = self.cnn(self.spelling, self.drop(self.letters(b["letters"].view(rows * n, c))), b["spelled"].view(-1)).view(rows, n, -1)
        x = self.drop(torch.cat([self.words(b["words"]), self.drop(spelled)], 2))
        packed = pack_padded_sequence(x, b["lengths"], batch_first=True, enforce_sorted=False)
        return self.drop(pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0])

    def pairs(self, h, lengths, tags_read, pairs):
        """pairs: rows of (row of tags_read, sentence, start and end of the left entity, of the right one). Returns [pairs, labels]."""
        row, s, a, b, c, d = torch.tensor(pairs).unbind(1)
        ends = ((self.first, a, b), (self.second, c, d), (self.middle, b, c))
        spans = [self.cnn(f, self.drop(cut(h, tags_read, s, row, start, end)), end - start) for f, start, end in ends]
        ahead, back = F.pad(h[:, :, :HIDDEN], (0, 0, 1, 0)), F.pad(h[:, :, HIDDEN:], (0, 0, 0, 1))
        context = [ahead[s, a], back[s, 0] - back[s, a], ahead[s, lengths[s]] - ahead[s, d], back[s, d]]
        f = torch.cat(spans + context + [F.one_hot((c - b).clamp(max=DISTANCES - 1), DISTANCES).float()], 1)
        return self.label(self.drop(F.relu(self.hidden(f))))


def cut(h, tags_read, s, row, start, end):
    """States and one-hot tags of the words from start to end, [pairs, longest, D + T], with zeros after the end."""
    at = start.unsqueeze(1) + torch.arange(max(1, int((end - start).max())))
    inside = (at < end.unsqueeze(1)).unsqueeze(2)
    at = at.clamp(max=h.shape[1] - 1)
    one_hot = F.one_hot(tags_read[row.unsqueeze(1), at], len(tags)).float()
    return torch.cat([h[s.unsqueeze(1), at], one_hot], 2) * inside


def chunks(sequence):
    """Spans and types by the rules of conlleval."""
    found, start, kind = [], None, None
    for i, index in enumerate(sequence + [0]):
        tag = tags[index]
        letter, this = tag[0], tag[2:]
        begins = letter in "BU" or (letter in "IL" and (start is None or kind != this))
        if start is not None and (begins or letter == "O"):
            found.append((start, i, kind))
            start = None
        if begins:
            start, kind = i, this
        if start is not None and letter in "LU":
            found.append((start, i + 1, kind))
            start = None
    return found


def apart(spans):
    return [(x[:2], y[:2]) for x in spans for y in spans if x[1] <= y[0]]


def gold_labels(sentence):
    spans = [(e["start"], e["end"]) for e in sentence["entities"]]
    found = {}
    for r in sentence["relations"]:
        head, tail, kind = spans[r["head"]], spans[r["tail"]], kinds.index(r["type"])
        found[(head, tail) if head < tail else (tail, head)] = 1 + 2 * kind + (0 if head < tail else 1)
    return found


def gold_tags(sentence):
    found = ["O"] * len(sentence["tokens"])
    for e in sentence["entities"]:
        for i in range(e["start"], e["end"]):
            place = "U" if e["end"] - e["start"] == 1 else "B" if i == e["start"] else "L" if i == e["end"] - 1 else "I"
            found[i] = f"{place}-{e['type']}"
    return [number[tag] for tag in found]


def packed(group):
    n = max(len(s["tokens"]) for s in group)
    longest = max(len(t) for s in group for t in s["tokens"])
    spell = lambda t: [letters[c] for c in t] + [0] * (longest - len(t))
    fill = lambda row, empty=0: row + [empty] * (n - len(row))
    return dict(words=torch.tensor([fill([words[t.lower()] for t in s["tokens"]]) for s in group]),
                letters=torch.tensor([fill([spell(t) for t in s["tokens"]], [0] * longest) for s in group]),
                spelled=torch.tensor([fill([len(t) for t in s["tokens"]]) for s in group]),
                lengths=torch.tensor([len(s["tokens"]) for s in group]),
                tags=torch.tensor([fill(gold_tags(s), -100) for s in group]))


def decoded(logits, lengths):
    return [row[:n] for row, n in zip(logits.argmax(2).tolist(), lengths.tolist())]


def f1(found, gold):
    return 1.0 if not found and not gold else 2 * len(found & gold) / (len(found) + len(gold))


def drawn(group, b):
    """Distinct tag sequences beside gold, their pairs and a label for each pair; gold first. No dropout."""
    network.eval()
    with torch.no_grad():
        h = network.states(b)
        p = (1 - EPSILON) * F.softmax(network.tag(h), 2) + EPSILON / len(tags)
        outputs = []
        for s, sentence in enumerate(group):
            n, gold = len(sentence["tokens"]), gold_tags(sentence)
            found = [gold]
            for _ in range(1000):
                if len(found) > options.samples:
                    break
                one = torch.multinomial(p[s, :n], 1).squeeze(1).tolist()
                if one not in found:
                    found.append(one)
            outputs += [(s, one, apart(chunks(one))) for one in found]
        rows = tag_rows(outputs, h.shape[1])
        flat = [(row, s, *x, *y) for row, (s, _, pairs) in enumerate(outputs) for x, y in pairs]
        labels = torch.multinomial(F.softmax(network.pairs(h, b["lengths"], rows, flat), 1), 1).squeeze(1).tolist() if flat else []
    network.train()
    golds, results, at = [gold_labels(s) for s in group], [], 0
    for row, (s, one, pairs) in enumerate(outputs):
        mine = [golds[s].get(pair, 0) for pair in pairs] if row == 0 or outputs[row - 1][0] != s else labels[at:at + len(pairs)]
        at += len(pairs)
        results.append((s, one, pairs, mine))
    return results, rows, flat


def tag_rows(outputs, n):
    return torch.tensor([one + [0] * (n - len(one)) for _, one, _ in outputs])


def cost(sentence, one, pairs, labels):
    """1 − F1, the mean of entities and relations."""
    entities = f1(set(chunks(one)), {(e["start"], e["end"], e["type"]) for e in sentence["entities"]})
    relations = f1({(pair, label) for pair, label in zip(pairs, labels) if label}, set(gold_labels(sentence).items()))
    return 1 - (entities + relations) / 2


def risk(group, b, h, logits):
    """Eq. 6 with μ = 1/2."""
    outputs, rows, flat = drawn(group, b)
    log_tags = F.log_softmax(logits, 2)
    log_labels = F.log_softmax(network.pairs(h, b["lengths"], rows, flat), 1) if flat else None
    sets, costs, at = {}, {}, 0
    for s, one, pairs, labels in outputs:
        entity = log_tags[s, range(len(one)), one].sum()
        relation = log_labels[range(at, at + len(pairs)), labels].sum() if pairs else torch.zeros(())
        at += len(pairs)
        sets.setdefault(s, []).append(ALPHA * (entity + relation) / 2)
        costs.setdefault(s, []).append(cost(group[s], one, pairs, labels))
    return sum((F.softmax(torch.stack(sets[s]), 0) * torch.tensor(costs[s])).sum() for s in sets) / len(group), len(flat)


def step(group):
    b = packed(group)
    with torch.set_grad_enabled(not options.infer):
        h = network.states(b)
        logits = network.tag(h)
        predicted = decoded(logits, b["lengths"])
        spans = [sorted({x[:2] for x in chunks(row)} | (set() if options.infer else {(e["start"], e["end"]) for e in s["entities"]}))
                 for row, s in zip(predicted, group)]
        flat = [(s, s, *x, *y) for s, found in enumerate(spans) for x, y in apart(found)]
        read = torch.tensor([row + [0] * (h.shape[1] - len(row)) for row in predicted]) if options.infer else b["tags"].clamp(min=0)
        scores = network.pairs(h, b["lengths"], read, flat) if flat else torch.zeros(0, LABELS)
        if options.infer:
            scores.argmax(1).tolist()
            return len(group), len(flat)
        golds = [gold_labels(s) for s in group]
        labels = torch.tensor([golds[s].get(((a, e), (c, d)), 0) for _, s, a, e, c, d in flat])
        loss = F.cross_entropy(logits.flatten(0, 1), b["tags"].flatten()) + (F.cross_entropy(scores, labels) if flat else 0)
        pairs = len(flat)
        if options.samples:
            more, drawn_pairs = risk(group, b, h, logits)
            loss, pairs = loss + more, pairs + drawn_pairs
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        assert math.isfinite(loss.item())
    return len(group), pairs


def warm():
    """Local steps until the network finds about the right number of entities; the same on both sides of the comparison."""
    samples, infer, options.samples, options.infer = options.samples, options.infer, 0, 0
    network.train()
    for i in range(options.warm):
        step(groups[i % len(groups)])
    options.samples, options.infer = samples, infer
    network.train(not infer)


network = Network()
try:
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3, fused=True)
except (TypeError, RuntimeError):  # PyTorch before 2.4 has no fused step on the CPU
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
groups = [data[i:i + options.batch] for i in range(0, len(data), options.batch)]
warm()
step(groups[0])
begun, spent = time.perf_counter(), time.process_time()
done = [step(groups[i % len(groups)]) for i in range(options.batches)]
seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
sentences, pairs = (sum(column) for column in zip(*done))
print(json.dumps(dict(samples=options.samples, infer=options.infer, sentences_per_second=sentences / seconds,
                      sentences_per_cpu_second=sentences / cpu, pairs_per_sentence=pairs / sentences,
                      rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
