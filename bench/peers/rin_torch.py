"""RIN (Sun et al., EMNLP 2020) in PyTorch, as fast as we could make it by hand: the peer of bench/weft/rin.mjs.

variants: naive     Eq. 7 as printed: h_i and h_j concatenated for all pairs of padded batches
          fact      pair scores factorised, W(h_i + h_j) = A_i + B_j
          argmax    and, in the rounds before the last, backward only through the maxima
          sentence  and the N x N x D sums made for one sentence at a time, so that they stay in the processor's cache and no
                    padded pair is computed; the last round's loss and gradient in one pass; both cells share one product with H
          dnn       and each direction of the LSTM on padded batches, the backward one on reversed sentences, which takes oneDNN's
                    recurrence in place of PyTorch's own
          first     inference of `dnn` with entities first: the tags of the last round need no scores of pairs, so the last
                    maximum, relation cell and scores are computed only for the last words of predicted entities
usage:    rin_torch.py --data FILE --variant sentence --K 4 [--workers 2 | --threads 2] [--infer 1] [--batches 12] [--warm 2]
                       [--size 50] [--anchors 3] [--check 1]
Prints one JSON line. `--workers 2` starts two processes of one thread, each with its own model, and adds their rates. They
exchange no gradients, which favours this side. `--anchors` is the mean number of entities predicted in a sentence, reached by
the bias of the tags; 0 leaves the tags as they are. `--check 1` compares the tags and cells of `first` with those of the full path.
"""
import argparse
import json
import math
import multiprocessing
import queue
import resource
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class PairLoss(torch.autograd.Function):
    """Sum of binary cross-entropies over the real cells of a batch, and its gradient, one sentence at a time."""

    @staticmethod
    def forward(ctx, a, b, weight, bias, lengths, gold):
        da, db = torch.zeros_like(a), torch.zeros_like(b)
        dweight, dbias, total = torch.zeros_like(weight), torch.zeros_like(bias), 0.0
        for s, (n, cells) in enumerate(zip(lengths, gold)):
            m = (a[s, :n].unsqueeze(1) + b[s, :n]).relu_().view(n * n, -1)
            logits = torch.addmm(bias, m, weight.t())
            total += F.softplus(logits).sum() - logits.view(-1)[cells].sum()
            slope = logits.sigmoid_()
            slope.view(-1)[cells] -= 1
            dweight.addmm_(slope.t(), m)
            dbias += slope.sum(0)
            dm = torch.ops.aten.threshold_backward(slope @ weight, m, 0).view(n, n, -1)
            torch.sum(dm, 1, out=da[s, :n])
            torch.sum(dm, 0, out=db[s, :n])
        ctx.save_for_backward(da, db, dweight, dbias)
        return total

    @staticmethod
    def backward(ctx, slope):
        return (*(slope * g for g in ctx.saved_tensors), None, None)


class PairMax(torch.autograd.Function):
    """The highest score over j of every word i and relation; backward through those n x R cells only."""

    @staticmethod
    def forward(ctx, a, b, weight, bias, lengths):
        k, n, _ = a.shape
        best, at = a.new_zeros(k, n, len(bias)), []
        for s, m in enumerate(lengths):
            scores = F.linear((b[s, :m].unsqueeze(1) + a[s, :m]).relu_(), weight, bias)  # [j, i, R]: the first axis is the fast one
            best[s, :m], partner = scores.max(0)
            at.append(partner.view(-1))
        ctx.save_for_backward(a, b, weight)
        ctx.lengths, ctx.at = lengths, at
        return best

    @staticmethod
    def backward(ctx, slope):
        a, b, weight = ctx.saved_tensors
        da, db, dweight, dbias = torch.zeros_like(a), torch.zeros_like(b), torch.zeros_like(weight), weight.new_zeros(len(weight))
        for s, (n, at) in enumerate(zip(ctx.lengths, ctx.at)):
            g = slope[s, :n]
            m = b[s].index_select(0, at).view(n, *weight.shape).add_(a[s, :n].unsqueeze(1)).relu_()
            dweight += torch.bmm(g.t().unsqueeze(1), m.transpose(0, 1)).squeeze(1)
            dbias += g.sum(0)
            dm = torch.ops.aten.threshold_backward(g.unsqueeze(2) * weight, m, 0)
            torch.sum(dm, 1, out=da[s, :n])
            db[s].index_add_(0, at, dm.view(-1, weight.shape[1]))
        return da, db, dweight, dbias, None


class Rin(nn.Module):
    def __init__(self, words, pos, relations, rounds, variant, hidden=50, word_dim=100, pos_dim=10, sparse=False):
        super().__init__()
        self.rounds, self.variant, self.relations = rounds, variant, relations
        self.by_sentence, self.by_direction = variant in ("sentence", "dnn", "first"), variant in ("dnn", "first")
        self.dim = d = 2 * hidden
        self.word, self.pos = nn.Embedding(words, word_dim, sparse=sparse), nn.Embedding(pos, pos_dim)
        lstm = lambda both: nn.LSTM(word_dim + pos_dim, hidden, batch_first=True, bidirectional=both)
        self.encoder = nn.ModuleList([lstm(False), lstm(False)]) if self.by_direction else lstm(True)
        self.entity_cell, self.relation_cell = nn.GRUCell(5, d), nn.GRUCell(relations, d)
        self.pair, self.score, self.tag = nn.Linear(2 * d, d), nn.Linear(d, relations), nn.Linear(d, 5)
        self.drop = nn.Dropout(0.1)

    def halves(self, h):
        flat, weight = h.reshape(-1, self.dim), self.pair.weight
        return (torch.addmm(self.pair.bias, flat, weight[:, :self.dim].t()).view(h.shape),
                torch.mm(flat, weight[:, self.dim:].t()).view(h.shape))

    def pair_logits(self, h):
        if self.variant == "naive":
            n = h.size(1)
            both = torch.cat([h.unsqueeze(2).expand(-1, -1, n, -1), h.unsqueeze(1).expand(-1, n, -1, -1)], 3)
            return self.score(F.relu(self.pair(both)))
        a, b = self.halves(h)
        return self.score(torch.relu_(a.unsqueeze(2) + b.unsqueeze(1)))

    def pair_max(self, h, mask, lengths):
        hide = (mask[:, None, :, None] == 0)
        if self.variant in ("naive", "fact"):
            return torch.sigmoid(self.pair_logits(h).masked_fill(hide, -1e9).max(dim=2)[0])
        a, b = self.halves(h)
        weight, bias = self.score.weight, self.score.bias
        if self.by_sentence:
            if torch.is_grad_enabled():
                return torch.sigmoid(PairMax.apply(a, b, weight, bias, lengths))
            best = a.new_zeros(*a.shape[:2], self.relations)
            for s, m in enumerate(lengths):
                torch.amax(F.linear((b[s, :m].unsqueeze(1) + a[s, :m]).relu_(), weight, bias), 0, out=best[s, :m])
            return best.sigmoid_()
        with torch.no_grad():
            best, at = self.score(torch.relu_(a.unsqueeze(2) + b.unsqueeze(1))).masked_fill_(hide, -1e9).max(dim=2)
        if not torch.is_grad_enabled():
            return torch.sigmoid(best)
        s, n, r = at.shape
        partner = torch.gather(b, 1, at.reshape(s, n * r, 1).expand(-1, -1, self.dim)).view(s, n, r, self.dim)
        return torch.sigmoid((torch.relu_(a.unsqueeze(2) + partner) * weight).sum(-1) + bias)

    def cells(self, pe, pr, h):
        if not self.by_sentence:
            s, n, d = h.shape
            flat = h.reshape(-1, d)
            return (self.entity_cell(pe.reshape(-1, 5), flat).view(s, n, d),
                    self.relation_cell(pr.reshape(-1, self.relations), flat).view(s, n, d))
        both = (self.entity_cell, self.relation_cell)
        hidden = F.linear(h, torch.cat([c.weight_hh for c in both]), torch.cat([c.bias_hh for c in both])).chunk(2, 2)
        return [self.gated(F.linear(x, c.weight_ih, c.bias_ih), y, h) for c, x, y in zip(both, (pe, pr), hidden)]

    def gated(self, x, y, h):
        d = self.dim
        gates = torch.sigmoid(x[..., :2 * d] + y[..., :2 * d])
        fresh = torch.tanh(torch.addcmul(x[..., 2 * d:], gates[..., :d], y[..., 2 * d:]))
        return torch.lerp(fresh, h, gates[..., d:])

    def encode(self, tok, pos, lengths):
        x = self.drop(torch.cat([self.word(tok), self.pos(pos)], 2))
        if self.by_direction:
            at, ends = torch.arange(tok.shape[1]), torch.tensor(lengths).unsqueeze(1)
            mirror = torch.where(at < ends, ends - 1 - at, at).unsqueeze(2)  # the words of a sentence from its end; padding stays
            turned = lambda rows: torch.gather(rows, 1, mirror.expand(-1, -1, rows.shape[2]))
            forward, backward = self.encoder
            return torch.cat([forward(x)[0], turned(backward(turned(x))[0])], 2)
        packed, _ = self.encoder(nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True))
        h, _ = nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
        return h.contiguous()

    def interact(self, h, mask, lengths, rounds):
        """Both features after some rounds, and H."""
        he = hr = h
        for _ in range(rounds):
            he, hr = self.cells(F.softmax(self.tag(he), 2), self.pair_max(hr, mask, lengths), h)
            h = h + he + hr
        return he, hr, h

    def features(self, tok, pos, mask, lengths):
        return self.interact(self.encode(tok, pos, lengths), mask, lengths, self.rounds)[:2]

    def loss(self, batch):
        tok, pos, mask, tags, cells, lengths, gold = batch
        he, hr = self.features(tok, pos, mask, lengths)
        s, n = tok.shape
        tag_loss = (F.cross_entropy(self.tag(he).reshape(-1, 5), tags.reshape(-1), reduction="none").view(s, n) * mask).sum() / s
        if self.by_sentence:
            return tag_loss + PairLoss.apply(*self.halves(hr), self.score.weight, self.score.bias, lengths, gold) / s
        real = (mask.unsqueeze(1) * mask.unsqueeze(2)).unsqueeze(-1)
        return tag_loss + F.binary_cross_entropy_with_logits(self.pair_logits(hr), cells, weight=real, reduction="sum") / s

    def predict(self, batch):
        return self.predict_first(batch) if self.variant == "first" else self.predict_all(batch)

    def predict_first(self, batch):
        """Tags, and the cells (i, j, relation) of each sentence at or above 0.5 whose words both end a predicted entity."""
        tok, pos, mask, _, _, lengths, _ = batch
        he, hr, h = self.interact(self.encode(tok, pos, lengths), mask, lengths, self.rounds - 1)
        tags = self.tag(self.cell(self.entity_cell, F.softmax(self.tag(he), 2), h)).argmax(2)
        row, at = torch.nonzero(ends_of_entities(tags, mask), as_tuple=True)
        counts = torch.bincount(row, minlength=len(lengths)).tolist()
        if not len(row):
            return tags, [torch.empty(0, 3, dtype=torch.long) for _ in lengths]
        weight, half = self.pair.weight, self.dim
        a = F.linear(hr[row, at], weight[:, :half], self.pair.bias)
        b = F.linear(hr, weight[:, half:])
        best = a.new_empty(len(row), self.relations)
        for s, (m, mine, out) in enumerate(zip(lengths, a.split(counts), best.split(counts))):
            if len(mine):
                torch.amax(self.score((b[s, :m].unsqueeze(1) + mine).relu_()), 0, out=out)
        hr = self.cell(self.relation_cell, best.sigmoid_(), h[row, at])
        a, b = F.linear(hr, weight[:, :half], self.pair.bias), F.linear(hr, weight[:, half:])
        cells = []
        for words, x, y in zip(at.split(counts), a.split(counts), b.split(counts)):
            found = torch.nonzero(self.score((x.unsqueeze(1) + y).relu_()) >= 0)
            cells.append(torch.stack([words[found[:, 0]], words[found[:, 1]], found[:, 2]], 1))
        return tags, cells

    def cell(self, c, x, h):
        return self.gated(F.linear(x, c.weight_ih, c.bias_ih), F.linear(h, c.weight_hh, c.bias_hh), h)

    def predict_all(self, batch):
        """Tags, and the cells (sentence, i, j, relation) at or above 0.5; by sentence, a list of (i, j, relation)."""
        tok, pos, mask, _, _, lengths, _ = batch
        he, hr = self.features(tok, pos, mask, lengths)
        tags = self.tag(he).argmax(2)
        if not self.by_sentence:
            real = (mask.unsqueeze(1) * mask.unsqueeze(2)).unsqueeze(-1)
            return tags, torch.nonzero((self.pair_logits(hr) >= 0) & (real > 0))
        a, b = self.halves(hr)
        return tags, [torch.nonzero(self.score((a[s, :n].unsqueeze(1) + b[s, :n]).relu_()) >= 0) for s, n in enumerate(lengths)]


def ends_of_entities(tags, mask):
    """Whether an entity ends at a word, by the rules of the CoNLL-2000 scorer; tags are O, B, I, E, S."""
    real = mask > 0
    opened = (tags == 1) | (tags == 2)
    goes_on = torch.zeros_like(real)
    goes_on[:, :-1] = ((tags == 2) | (tags == 3))[:, 1:] & real[:, 1:]
    return real & ((tags >= 3) | (opened & ~goes_on))


def predict_entities(model, work, wanted):
    """Sets the bias of the tags so that `wanted` words of a sentence, on average, are tagged S, and all others O."""
    bias = model.tag.bias
    bias.data[1:4] = -30
    low, high, sentences = -4.0, 4.0, sum(len(batch[5]) for batch in work)
    for _ in range(14):
        bias.data[4] = (low + high) / 2
        found = sum(int(ends_of_entities(model.predict(batch)[0], batch[2]).sum()) for batch in work) / sentences
        if abs(found - wanted) < 0.05 * wanted:
            break
        low, high = (low, (low + high) / 2) if found > wanted else ((low + high) / 2, high)
    return found


def check(model, work):
    """The cells of `first` are those of the full path whose words both end an entity."""
    count = 0
    for batch in work:
        tags, cells = model.predict_first(batch)
        all_tags, all_cells = model.predict_all(batch)
        real = batch[2] > 0
        assert torch.equal(tags[real], all_tags[real]), "the tags differ"
        ends = ends_of_entities(tags, batch[2])
        for s, (some, every) in enumerate(zip(cells, all_cells)):
            kept = every[ends[s, every[:, 0]] & ends[s, every[:, 1]]]
            assert set(map(tuple, some.tolist())) == set(map(tuple, kept.tolist())), "the cells differ"
            count += len(kept)
    return count


def batches(data, count, size, padded):
    """`count` batches of sentences of similar length, taken evenly from the shortest to the longest."""
    ordered = sorted(data["sentences"], key=lambda x: len(x["words"]))
    groups = [ordered[i:i + size] for i in range(0, len(ordered), size)]
    relations = data["relations"]
    for i in range(count):
        group = sorted(groups[int((i + 0.5) * len(groups) / count)], key=lambda x: -len(x["words"]))
        n, k = len(group[0]["words"]), len(group)
        tok, mask = torch.zeros(k, n, dtype=torch.long), torch.zeros(k, n)
        pos, tags, gold = tok.clone(), tok.clone(), []
        cells = torch.zeros(k, n, n, relations) if padded else None
        for s, x in enumerate(group):
            m = len(x["words"])
            tok[s, :m], pos[s, :m], tags[s, :m] = torch.tensor(x["words"]), torch.tensor(x["pos"]), torch.tensor(x["tags"])
            mask[s, :m] = 1
            gold.append(torch.tensor(sorted({(a * m + b) * relations + r for a, b, r in x["cells"]}), dtype=torch.long))
            for a, b, r in x["cells"] if cells is not None else []:
                cells[s, a, b, r] = 1
        yield tok, pos, mask, tags, cells, [len(x["words"]) for x in group], gold


def trainer(model, sparse):
    """One training step: Adam 1e-3 after a global clip at 5."""
    rows = list(model.word.parameters()) if sparse else []
    rest = [p for p in model.parameters() if not any(p is r for r in rows)]
    try:
        optimizers = [torch.optim.Adam(rest, lr=1e-3, fused=True)]
    except (TypeError, RuntimeError):  # PyTorch before 2.4 has no fused step on the CPU
        optimizers = [torch.optim.Adam(rest, lr=1e-3)]
    if sparse:
        optimizers.append(torch.optim.SparseAdam(rows, lr=1e-3))

    def step(batch):
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        model.loss(batch).backward()
        if sparse:
            word = model.word.weight.grad = model.word.weight.grad.coalesce()
            gradients = [p.grad for p in rest if p.grad is not None] + [word.values()]
            norm = math.sqrt(sum(float(g.norm()) ** 2 for g in gradients))
            if norm > 5:
                for g in gradients:
                    g.mul_(5 / norm)
        else:
            torch.nn.utils.clip_grad_norm_(rest, 5.0)
        for optimizer in optimizers:
            optimizer.step()

    return step


def measure(a, ready, results):
    torch.manual_seed(1)
    torch.set_num_threads(a.threads)
    torch.set_flush_denormal(bool(a.flush))
    with open(a.data) as file:
        data = json.load(file)
    model = Rin(data["words"], data["pos"], data["relations"], a.K, a.variant, sparse=bool(a.sparse))
    work = list(batches(data, a.batches, a.size, not model.by_sentence))
    del data
    facts = {}
    if a.infer:
        model.eval()
        with torch.inference_mode():
            if a.anchors:
                facts["entities_per_sentence"] = predict_entities(model, work[::3], a.anchors)
            if a.check:
                facts["cells_checked"] = check(model, work)
            nn.init.constant_(model.score.bias, -4)  # as after training: almost no cell is predicted
        step = model.predict
    else:
        model.train()
        step = trainer(model, a.sparse)
    with torch.inference_mode() if a.infer else torch.enable_grad():
        for i in range(a.warm):
            step(work[(len(work) - 1 - i) % len(work)])  # the longest first, so that later steps find the memory allocated
        if ready is not None:
            ready.wait()
        begun, spent, seen = time.perf_counter(), time.process_time(), 0
        for batch in work:
            step(batch)
            seen += len(batch[5])
        rate, cpu = seen / (time.perf_counter() - begun), seen / (time.process_time() - spent)
    results.put((rate, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, facts))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--variant", default="sentence", choices=["naive", "fact", "argmax", "sentence", "dnn", "first"])
    for name, value in dict(K=4, threads=1, workers=1, batches=12, infer=0, warm=2, sparse=0, flush=1, size=50, anchors=3, check=0).items():
        p.add_argument("--" + name, type=int, default=value)
    a = p.parse_args()
    context = multiprocessing.get_context("spawn")
    results, ready = context.Queue(), context.Barrier(a.workers)
    workers = [context.Process(target=measure, args=(a, ready, results)) for _ in range(a.workers)]
    for worker in workers:
        worker.start()
    found = []
    while len(found) < a.workers:
        try:
            found.append(results.get(timeout=1))
        except queue.Empty:
            if any(worker.exitcode for worker in workers):  # it printed its reason
                for worker in workers:
                    worker.terminate()
                raise SystemExit(1)
    for worker in workers:
        worker.join()
    rates, cpu, memory, facts = zip(*found)
    print(json.dumps({**vars(a), **facts[0], "torch": torch.__version__, "sentences_per_second": round(sum(rates), 2),
                      "sentences_per_cpu_second": round(sum(cpu) / len(cpu), 2), "rss_mb": round(sum(memory))}))


if __name__ == "__main__":
    main()
