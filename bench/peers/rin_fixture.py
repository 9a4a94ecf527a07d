"""Reference values of RIN (Sun et al., EMNLP 2020) for the tests of our own implementation.

Written from the paper's equations, one sentence and one word pair at a time, in float64: nothing is batched, padded or
factorised. Only elementary tensor operations are used; the LSTM and GRU steps are checked against torch.nn before anything is
written. All parameters are multiples of 1/1024, so they are the same numbers in float32. The seed is one for which no maximum
is decided, and no ReLU switched, by a margin too small for a float32 computation.

usage: python3 bench/peers/rin_fixture.py [FOLDER]    # default packages/core/src/models/rin/fixtures
"""
import json
import os
import random
import sys

import torch

WORDS, POS, WORD_DIM, POS_DIM, HIDDEN, TAGS, RELATIONS = 11, 3, 6, 3, 5, 5, 3
WIDTH = 2 * HIDDEN
SEED = "weft-rin-1"
CLEARANCE = 2e-5  # the minimum distance of a maximum from its runner-up, and of a ReLU's input from zero

BASE = dict(words=WORDS, pos=POS, wordDim=WORD_DIM, posDim=POS_DIM, hidden=HIDDEN, tags=TAGS, relations=RELATIONS,
            rounds=2, cell="gru", ablation="none", pool="row", diagonal=True, untied=False, pairBias=True)
VARIANTS = {
    **{f"{cell}-{rounds}": dict(cell=cell, rounds=rounds) for cell in ("gru", "paper") for rounds in (0, 1, 4)},
    "gru-2-no-er": dict(ablation="no-er"),
    "gru-2-no-rc": dict(ablation="no-rc"),
    "gru-2-pool-both": dict(pool="both"),
    "gru-2-no-diagonal": dict(diagonal=False),
    "gru-2-untied": dict(untied=True),
    "gru-2-no-pair-bias": dict(pairBias=False),
}


def sentences():
    """Lengths 4, 1 and 6; cells with two relations, one on the diagonal, one relation in both directions."""
    draw = random.Random(SEED)
    cells = [[[1, 3, 0], [1, 3, 2], [2, 2, 1]], [], [[0, 5, 1], [5, 0, 1], [2, 4, 0], [2, 4, 1], [3, 1, 2]]]
    return [dict(words=[draw.randrange(WORDS) for _ in range(n)], pos=[draw.randrange(POS) for _ in range(n)],
                 tags=[draw.randrange(TAGS) for _ in range(n)], cells=gold) for n, gold in zip((4, 1, 6), cells)]


def shapes(s):
    """Names and shapes of the parameters, rows are outputs."""
    found = {"rin/word/weight": [WORDS, WORD_DIM], "rin/pos/weight": [POS, POS_DIM]}
    for direction in ("forward", "backward"):
        found[f"rin/encoder/{direction}/input/weight"] = [4 * HIDDEN, WORD_DIM + POS_DIM]  # gates i, f, g, o
        found[f"rin/encoder/{direction}/hidden/weight"] = [4 * HIDDEN, HIDDEN]
        found[f"rin/encoder/{direction}/bias"] = [4 * HIDDEN]  # the sum of torch.nn.LSTM's two
    for k in range(1, s["rounds"] + 1) if s["untied"] else [1] * min(s["rounds"], 1):
        for task, inputs in (("entity", TAGS), ("relation", RELATIONS)):
            cell = f"{home(s, k)}/{task}-cell"
            if s["cell"] == "gru":  # gates r, z, n
                found.update({f"{cell}/input/weight": [3 * WIDTH, inputs], f"{cell}/hidden/weight": [3 * WIDTH, WIDTH],
                              f"{cell}/input/bias": [3 * WIDTH], f"{cell}/hidden/bias": [3 * WIDTH]})
            else:  # columns: h, then y
                found.update({f"{cell}/{gate}/weight": [WIDTH, WIDTH + inputs] for gate in ("update", "reset", "fresh")})
    for k in range(s["rounds"] + 1) if s["untied"] else [0]:
        at = home(s, k)
        found.update({f"{at}/tag/weight": [TAGS, WIDTH], f"{at}/tag/bias": [TAGS], f"{at}/pair/weight": [WIDTH, 2 * WIDTH]})
        if s["pairBias"]:
            found[f"{at}/pair/bias"] = [WIDTH]
        found.update({f"{at}/relation/weight": [RELATIONS, WIDTH], f"{at}/relation/bias": [RELATIONS]})
    return found


def home(s, k):
    return f"rin/round-{k}" if s["untied"] else "rin"


def drawn(name, shape):
    """Each parameter has its own random stream, so variants share the values of their common parameters."""
    draw = random.Random(f"{SEED}/{name}")
    count = torch.Size(shape).numel()
    values = [draw.randint(-614, 614) / 1024 for _ in range(count)]
    return torch.tensor(values, dtype=torch.float64).view(shape).requires_grad_()


def lstm_step(wi, wh, b, x, h, c):
    i, f, g, o = (wi @ x + wh @ h + b).split(HIDDEN)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def encode(p, xs):
    """H, a list of N vectors of both directions' states."""
    sides = []
    for direction, order in (("forward", xs), ("backward", xs[::-1])):
        at = f"rin/encoder/{direction}"
        h = c = torch.zeros(HIDDEN, dtype=torch.float64)
        states = []
        for x in order:
            h, c = lstm_step(p[f"{at}/input/weight"], p[f"{at}/hidden/weight"], p[f"{at}/bias"], x, h, c)
            states.append(h)
        sides.append(states if direction == "forward" else states[::-1])
    return [torch.cat(both) for both in zip(*sides)]


def gru_step(p, at, y, h):
    ri, zi, ni = (p[f"{at}/input/weight"] @ y + p[f"{at}/input/bias"]).split(WIDTH)
    rh, zh, nh = (p[f"{at}/hidden/weight"] @ h + p[f"{at}/hidden/bias"]).split(WIDTH)
    z, n = torch.sigmoid(zi + zh), torch.tanh(ni + torch.sigmoid(ri + rh) * nh)
    return (1 - z) * n + z * h


def paper_step(p, at, y, h):
    """Eq. 4."""
    seen = torch.cat([h, y])
    z, u = torch.sigmoid(p[f"{at}/update/weight"] @ seen), torch.sigmoid(p[f"{at}/reset/weight"] @ seen)
    fresh = torch.tanh(p[f"{at}/fresh/weight"] @ torch.cat([u * h, y]))
    return (1 - z) * h + z * fresh


def tag_probabilities(p, at, h):
    """Eq. 6."""
    return torch.softmax(p[f"{at}/tag/weight"] @ h + p[f"{at}/tag/bias"], 0)


def pair_probabilities(s, p, at, hi, hj):
    """Eq. 7."""
    m = p[f"{at}/pair/weight"] @ torch.cat([hi, hj])
    if s["pairBias"]:
        m = m + p[f"{at}/pair/bias"]
    assert m.abs().min() > CLEARANCE, "a ReLU's input is too near to zero: take another seed"
    return torch.sigmoid(p[f"{at}/relation/weight"] @ torch.relu(m) + p[f"{at}/relation/bias"])


def pooled(s, cells, i):
    """Eq. 5; zeros where a word has no partner (one word, no diagonal)."""
    n = len(cells)
    seen = [cells[i][j] for j in range(n) if s["diagonal"] or i != j]
    if s["pool"] == "both":
        seen += [cells[j][i] for j in range(n) if j != i]
    if not seen:
        return torch.zeros(RELATIONS, dtype=torch.float64)
    ordered = torch.stack(seen).sort(0, descending=True)[0]
    if len(seen) > 1:
        assert (ordered[0] - ordered[1]).min() > CLEARANCE, "a maximum is too narrow: take another seed"
    return ordered[0]


def forward(s, p, sentence, keep=None):
    """keep: the dropout mask of each word's input"""
    xs = [torch.cat([p["rin/word/weight"][w], p["rin/pos/weight"][t]]) for w, t in zip(sentence["words"], sentence["pos"])]
    if keep is not None:
        xs = [x * mask for x, mask in zip(xs, keep)]
    h = encode(p, xs)
    he, hr, n = h, h, len(h)
    step = gru_step if s["cell"] == "gru" else paper_step
    for k in range(s["rounds"] + 1):
        at = home(s, k)
        ye = [tag_probabilities(p, at, he[i]) for i in range(n)]
        yr = [[pair_probabilities(s, p, at, hr[i], hr[j]) for j in range(n)] for i in range(n)]
        if k == s["rounds"]:
            return ye, yr
        at = home(s, k + 1)
        he = [step(p, f"{at}/entity-cell", ye[i], h[i]) for i in range(n)]
        hr = [step(p, f"{at}/relation-cell", pooled(s, yr, i), h[i]) for i in range(n)]
        h = [(0 if s["ablation"] == "no-rc" else hr[i]) + (0 if s["ablation"] == "no-er" else he[i]) + h[i] for i in range(n)]


def loss_of(s, sentence, ye, yr):
    """Eq. 8 and 9 of one sentence, a sum."""
    total = sum(-torch.log(y[t]) for y, t in zip(ye, sentence["tags"]))
    gold = {tuple(cell) for cell in sentence["cells"]}
    for i, row in enumerate(yr):
        for j, cell in enumerate(row):
            if s["diagonal"] or i != j:
                total = total - sum(torch.log(cell[r] if (i, j, r) in gold else 1 - cell[r]) for r in range(RELATIONS))
    return total


def check_steps():
    draw = torch.Generator().manual_seed(1)
    random_of = lambda *shape: torch.randn(*shape, generator=draw, dtype=torch.float64)
    theirs = torch.nn.LSTM(4, HIDDEN).double()
    x = random_of(2, 4)
    h = c = torch.zeros(HIDDEN, dtype=torch.float64)
    for row in x:
        h, c = lstm_step(theirs.weight_ih_l0, theirs.weight_hh_l0, theirs.bias_ih_l0 + theirs.bias_hh_l0, row, h, c)
    assert torch.allclose(theirs(x.view(2, 1, 4))[0][-1, 0], h, atol=1e-12)
    cell, y, h = torch.nn.GRUCell(TAGS, WIDTH).double(), random_of(TAGS), random_of(WIDTH)
    p = {"c/input/weight": cell.weight_ih, "c/hidden/weight": cell.weight_hh, "c/input/bias": cell.bias_ih, "c/hidden/bias": cell.bias_hh}
    assert torch.allclose(cell(y.view(1, -1), h.view(1, -1))[0], gru_step(p, "c", y, h), atol=1e-12)


def numbers(values):
    return [float(f"{value:.10g}") + 0.0 for value in values]


def stored(tensor):
    return dict(shape=list(tensor.shape), data=numbers(tensor.detach().reshape(-1).tolist()))


def fixture(changes):
    s, data = {**BASE, **changes}, sentences()
    p = {name: drawn(name, shape) for name, shape in shapes(s).items()}
    results = [forward(s, p, sentence) for sentence in data]
    loss = sum(loss_of(s, sentence, *result) for sentence, result in zip(data, results)) / len(data)
    loss.backward()
    blank = [0.0] * RELATIONS  # cells that are never predicted have probability zero
    return dict(
        settings=s, sentences=data, parameters={name: stored(value) for name, value in p.items()},
        outputs=dict(
            tagProbabilities=[[numbers(y.tolist()) for y in ye] for ye, _ in results],
            pairProbabilities=[[[numbers(cell.tolist()) if s["diagonal"] or i != j else blank for j, cell in enumerate(row)]
                                for i, row in enumerate(yr)] for _, yr in results]),
        loss=float(f"{loss.item():.12g}"), gradients={name: stored(value.grad) for name, value in p.items()},
        origin=dict(script="bench/peers/rin_fixture.py", torch=torch.__version__.split("+")[0], dtype="float64"))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../packages/core/src/models/rin/fixtures")
    check_steps()
    for name, changes in VARIANTS.items():
        path = os.path.join(folder, name + ".json")
        text = json.dumps(fixture(changes), separators=(",", ":")) + "\n"
        with open(path, "w") as out:
            out.write(text)
        print(f"{name}.json {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
