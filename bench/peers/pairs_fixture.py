"""Reference values of the classifiers of given pairs for the tests of our own implementation: Ye et al. 2019 (bio-mtl), Zeng et
al. 2015 (pcnn) and Qin et al. 2017 (eatt-bigru).

Written from the papers' equations, one pair of entities at a time, in float64: a pair's words, tags and offsets are joined before
the filters. Pairs share nothing except the mean and variance of batch normalisation: those of all pairs for the loss, the running
ones for the scores. All parameters are multiples of 1/1024, so they are the same
numbers in float32. The seed of each variant is the first for which no maximum is decided, and no ReLU switched, by a margin too
small for a float32 computation.

usage: python3 bench/peers/pairs_fixture.py [FOLDER]    # default packages/core/src/models/pairs/fixtures
"""
import json
import os
import random
import sys

import torch
import torch.nn.functional as F

WORDS, TAGS, RELATIONS = 12, 5, 3
WORD_DIM, TAG_DIM, POS_DIM, FAR = 6, 3, 4, 3  # offsets beyond FAR count as FAR
FILTERS, HIDDEN, GRU, ATTENTION = 5, 7, 5, 6
CLEARANCE = 2e-5

BIO = dict(model="bio-mtl", tag=True, identification=True, loss="ranking", windows=[2, 3, 4], window="sentence", betweenLimit=5,
           pooling="max", scores="dense", classBias=False, alpha=1, beta=1, positiveMargin=2.5, negativeMargin=0.5, gamma=2)
VARIANTS = {
    "bio-mtl-tag": {},
    "bio-mtl": dict(tag=False),
    "bio-baseline": dict(tag=False, identification=False),
    "bio-cross-entropy": dict(loss="cross-entropy"),
    "bio-both": dict(loss="both", identification=False),
    "bio-between": dict(window="between"),
    "bio-max-average": dict(pooling="max-average", windows=[1, 3]),
    "bio-pooled-scores": dict(scores="pooled", classBias=True, alpha=0.5, beta=2),
    "bio-chinese-margins": dict(positiveMargin=4.5, negativeMargin=-0.5, windows=[6]),
    "bio-released": dict(windows=[1, 2, 3], window="between", pooling="max-average", classBias=True, theta=0.5, batchNorm=True,
                         batchNormMomentum=0.99, batchNormEpsilon=1e-3),
    "pcnn": dict(model="pcnn", tag=False, windows=[3]),
    "pcnn-tag": dict(model="pcnn", windows=[3]),
    "eatt-bigru": dict(model="eatt-bigru", tag=False),
    "eatt-bigru-tag": dict(model="eatt-bigru"),
}


def sentences(draw):
    """Entities at both ends, an entity of three words, two that overlap; pairs in both orders; a sentence of two words."""
    shapes = [(9, [(0, 1), (2, 5), (8, 9)], [(0, 1, 2), (1, 0, -1), (0, 2, -1), (2, 1, 0), (1, 2, 1)]),
              (2, [(0, 1), (1, 2)], [(0, 1, -1), (1, 0, 1)]),
              (6, [(1, 3), (2, 3), (4, 5)], [(0, 1, -1), (1, 2, 0), (2, 0, -1)])]
    return [dict(words=[draw.randrange(WORDS) for _ in range(n)], tags=[draw.randrange(TAGS) for _ in range(n)],
                 entities=entities, pairs=pairs) for n, entities, pairs in shapes]


def shapes(s):
    """Names and shapes of the parameters; weights of layers are [outputs, inputs], of filters [filters, columns, width]."""
    at = s["model"]
    columns = WORD_DIM + (TAG_DIM if s["tag"] else 0) + 2 * POS_DIM
    found = {f"{at}/word/weight": [WORDS, WORD_DIM], f"{at}/position/weight": [2 * FAR + 1, POS_DIM]}
    if s["tag"]:
        found[f"{at}/tag/weight"] = [TAGS, TAG_DIM]
    classes = RELATIONS + (s["loss"] != "ranking" or at != "bio-mtl")
    if at == "bio-mtl":
        for k in s["windows"]:
            found.update({f"{at}/convolution/width-{k}/weight": [FILTERS, columns, k], f"{at}/convolution/width-{k}/bias": [FILTERS]})
        pooled = len(s["windows"]) * FILTERS * (2 if s["pooling"] == "max-average" else 1)
        if s["scores"] == "dense":
            found.update({f"{at}/hidden/weight": [HIDDEN, pooled], f"{at}/hidden/bias": [HIDDEN]})
        found[f"{at}/class/weight"] = [classes, HIDDEN if s["scores"] == "dense" else pooled]
        if s["identification"]:
            found.update({f"{at}/identity/weight": [2, pooled], f"{at}/identity/bias": [2]})
        if s["classBias"]:
            found[f"{at}/class/bias"] = [classes]
        if s.get("batchNorm"):
            for layer, size in (("pooled", pooled), ("hidden", HIDDEN)):
                found.update({f"{at}/{layer}-norm/{part}": [size] for part in ("scale", "shift", "mean", "variance")})
    elif at == "pcnn":
        found.update({f"{at}/convolution/weight": [FILTERS, columns, 3], f"{at}/convolution/bias": [FILTERS],
                      f"{at}/class/weight": [classes, 3 * FILTERS], f"{at}/class/bias": [classes]})
    else:
        for direction in ("forward", "backward"):  # gates r, z, n
            cell = f"{at}/encoder/{direction}"
            found.update({f"{cell}/input/weight": [3 * GRU, columns], f"{cell}/input/bias": [3 * GRU],
                          f"{cell}/hidden/weight": [3 * GRU, GRU], f"{cell}/hidden/bias": [3 * GRU]})
        found.update({f"{at}/attention/state/weight": [ATTENTION, 2 * GRU], f"{at}/attention/score/weight": [1, ATTENTION],
                      f"{at}/attention/entities/weight": [ATTENTION, 2 * WORD_DIM], f"{at}/attention/entities/bias": [ATTENTION],
                      f"{at}/class/weight": [classes, 2 * GRU], f"{at}/class/bias": [classes]})
    return found


def drawn(seed, name, shape):
    draw = random.Random(f"{seed}/{name}")
    values = [draw.randint(-614, 614) / 1024 for _ in range(torch.Size(shape).numel())]
    if name.endswith("variance"):
        values = [0.125 + abs(value) for value in values]
    learnt = not name.endswith(("-norm/mean", "-norm/variance"))
    return torch.tensor(values, dtype=torch.float64).view(shape).requires_grad_(learnt)


def clear(condition):
    if not condition:
        raise ArithmeticError("too narrow")


def row(s, p, sentence, i, head, tail):
    """One column of X: word, tag, and the offsets from both entities' first words (§2.1). A sentence may hold dropout masks."""
    at, near = s["model"], lambda entity: max(-FAR, min(FAR, i - entity[0])) + FAR
    parts = [p[f"{at}/word/weight"][sentence["words"][i]]]
    if s["tag"]:
        parts.append(p[f"{at}/tag/weight"][sentence["tags"][i]])
    if "keep" in sentence:
        parts = [part * mask for part, mask in zip(parts, sentence["keep"][i])]
    return torch.cat(parts + [p[f"{at}/position/weight"][near(entity)] for entity in (head, tail)])


def convolved(p, at, rows, k):
    """Eq. 1 with zero padding to the same length: [n, filters]."""
    left = (k - 1) // 2
    x = F.pad(torch.stack(rows).t(), (left, k - 1 - left))
    return F.conv1d(x.unsqueeze(0), p[f"{at}/weight"], p[f"{at}/bias"])[0].t()


def highest(values, rectified):
    """Max-pooling over rows; zeros where there are none."""
    if len(values) == 0:
        return torch.zeros(FILTERS, dtype=torch.float64)
    ordered = values.sort(0, descending=True)[0]
    if rectified:
        clear(ordered[0].abs().min() > CLEARANCE)
    for f in range(values.shape[1]):
        if len(values) > 1 and not (rectified and ordered[0][f] < 0):
            clear(ordered[0][f] - ordered[1][f] > CLEARANCE)
    return torch.relu(ordered[0]) if rectified else ordered[0]


def linear(p, at, x):
    y = p[f"{at}/weight"] @ x
    return y + p[f"{at}/bias"] if f"{at}/bias" in p else y


def normalised(s, p, at, rows, running):
    """Normalises by the moments of these rows and adds their step to `running`; without `running`, by the running moments of p."""
    if not s.get("batchNorm"):
        return rows
    x, means = torch.stack(rows), {part: p[f"{at}/{part}"] for part in ("mean", "variance")}
    if running is not None:
        found = dict(mean=x.mean(0), variance=((x - x.mean(0)) ** 2).mean(0))
        kept = s["batchNormMomentum"]
        running.update({f"{at}/{part}": kept * means[part] + (1 - kept) * found[part] for part in found})
    y = F.batch_norm(x, means["mean"].clone(), means["variance"].clone(), p[f"{at}/scale"], p[f"{at}/shift"], running is not None,
                     0, s["batchNormEpsilon"])
    return list(y)


def bio_mtl(s, p, pairs, running, keep=None):
    """keep: the dropout masks of the pooled values and of the hidden layer, for each pair"""
    r = normalised(s, p, "bio-mtl/pooled-norm", [bio_pooled(s, p, *pair) for pair in pairs], running)
    if keep is not None:
        r = [x * mask for x, mask in zip(r, keep[0])]
    hidden = r
    if s["scores"] == "dense":
        before = [linear(p, "bio-mtl/hidden", x) for x in r]
        clear(all(x.abs().min() > CLEARANCE for x in before))
        hidden = normalised(s, p, "bio-mtl/hidden-norm", [torch.relu(x) for x in before], running)
    if keep is not None:
        hidden = [x * mask for x, mask in zip(hidden, keep[1])]
    return [(linear(p, "bio-mtl/class", h), linear(p, "bio-mtl/identity", x) if s["identification"] else None)
            for h, x in zip(hidden, r)]


def bio_pooled(s, p, sentence, head, tail):
    seen = range(len(sentence["words"]))
    if s["window"] == "between":
        start = min(head[0], tail[0])
        seen = range(start, min(max(head[1], tail[1]), start + s["betweenLimit"]))
    rows, pooled = [row(s, p, sentence, i, head, tail) for i in seen], []
    for k in s["windows"]:
        values = convolved(p, f"bio-mtl/convolution/width-{k}", rows, k)
        pooled.append(highest(values, True))
        if s["pooling"] == "max-average":
            clear(values.abs().min() > CLEARANCE)
            pooled.append(torch.relu(values).mean(0))
    return torch.cat(pooled)


def pcnn(s, p, sentence, head, tail):
    n, (a, b) = len(sentence["words"]), sorted((head[0], tail[0]))
    values = convolved(p, "pcnn/convolution", [row(s, p, sentence, i, head, tail) for i in range(n)], 3)
    pieces = [highest(values[start:end], False) for start, end in ((0, a + 1), (a + 1, b + 1), (b + 1, n))]
    return linear(p, "pcnn/class", torch.tanh(torch.cat(pieces))), None


def eatt_bigru(s, p, sentence, head, tail):
    n = len(sentence["words"])
    rows, sides = [row(s, p, sentence, i, head, tail) for i in range(n)], []
    for direction in ("forward", "backward"):
        at, states = f"eatt-bigru/encoder/{direction}", []
        h = torch.zeros(1, GRU, dtype=torch.float64)
        for x in rows if direction == "forward" else rows[::-1]:
            h = torch.gru_cell(x.unsqueeze(0), h, p[f"{at}/input/weight"], p[f"{at}/hidden/weight"], p[f"{at}/input/bias"],
                               p[f"{at}/hidden/bias"])
            states.append(h[0])
        sides.append(states if direction == "forward" else states[::-1])
    states = torch.stack([torch.cat(both) for both in zip(*sides)])
    table = p["eatt-bigru/word/weight"]
    entities = torch.cat([table[sentence["words"][entity[0]]] for entity in (head, tail)])
    query = linear(p, "eatt-bigru/attention/entities", entities)
    scores = torch.stack([linear(p, "eatt-bigru/attention/score", torch.tanh(linear(p, "eatt-bigru/attention/state", h) + query))[0]
                          for h in states])
    return linear(p, "eatt-bigru/class", torch.softmax(scores, 0) @ states), None


def loss_of(s, classes, identity, label):
    """Eq. 3 and 5 to 8 of one pair; the other systems have one cross-entropy."""
    other = torch.tensor([RELATIONS if label < 0 else label])
    if s["model"] != "bio-mtl":
        return F.cross_entropy(classes.unsqueeze(0), other)
    total = 0
    if identity is not None:
        total = total + s["alpha"] * F.cross_entropy(identity.unsqueeze(0), torch.tensor([int(label >= 0)]))
    if s["loss"] != "cross-entropy":
        wrong = torch.stack([classes[c] for c in range(RELATIONS) if c != label]).sort(descending=True)[0]
        clear(wrong[0] - wrong[1] > CLEARANCE)
        ranked = torch.log(1 + torch.exp(s["gamma"] * (s["negativeMargin"] + wrong[0])))
        if label >= 0:
            ranked = ranked + torch.log(1 + torch.exp(s["gamma"] * (s["positiveMargin"] - classes[label])))
        total = total + s["beta"] * ranked
    if s["loss"] != "ranking":
        total = total + s["beta"] * F.cross_entropy(classes.unsqueeze(0), other)
    return total


def numbers(values):
    return [float(f"{value:.10g}") + 0.0 for value in values]


def stored(tensor):
    return dict(shape=list(tensor.shape), data=numbers(tensor.detach().reshape(-1).tolist()))


def attempt(s, seed):
    data = sentences(random.Random(seed))
    p = {name: drawn(seed, name, shape) for name, shape in shapes(s).items()}
    pairs, labels, running = [], [], {}
    for sentence in data:
        for head, tail, label in sentence["pairs"]:
            pairs.append((sentence, sentence["entities"][head], sentence["entities"][tail]))
            labels.append(label)
    if s["model"] == "bio-mtl":
        learnt, found = bio_mtl(s, p, pairs, running), bio_mtl(s, p, pairs, None)
    else:
        network = dict(pcnn=pcnn).get(s["model"], eatt_bigru)
        learnt = found = [network(s, p, *pair) for pair in pairs]
    loss = sum(loss_of(s, classes, identity, label) for (classes, identity), label in zip(learnt, labels)) / len(data)
    loss.backward()
    return dict(
        settings={**s, "sizes": dict(words=WORDS, tags=TAGS, relations=RELATIONS, wordSize=WORD_DIM, tagSize=TAG_DIM, positionSize=POS_DIM,
                                     positions=FAR, filters=FILTERS, hidden=HIDDEN, gru=GRU, attention=ATTENTION)},
        sentences=data, parameters={name: stored(value) for name, value in p.items()},
        outputs=dict(classes=[numbers(c.tolist()) for c, _ in found],
                     identity=[numbers(i.tolist()) for _, i in found] if s["identification"] and s["model"] == "bio-mtl" else None),
        loss=float(f"{loss.item():.12g}"), gradients={name: stored(value.grad) for name, value in p.items() if value.requires_grad},
        **({"running": {name: stored(value) for name, value in running.items()}} if running else {}),
        origin=dict(script="bench/peers/pairs_fixture.py", torch=torch.__version__.split("+")[0], dtype="float64", seed=seed))


def fixture(changes):
    for number in range(1, 500):
        try:
            return attempt({**BIO, **changes}, f"weft-pairs-{number}")
        except ArithmeticError:
            continue
    raise SystemExit("no seed is clear enough")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../packages/core/src/models/pairs/fixtures")
    os.makedirs(folder, exist_ok=True)
    for name, changes in VARIANTS.items():
        text = json.dumps(fixture(changes), separators=(",", ":")) + "\n"
        with open(os.path.join(folder, name + ".json"), "w") as out:
            out.write(text)
        print(f"{name}.json {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
