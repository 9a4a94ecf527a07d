"""Reference values of the joint network (Sun et al., EMNLP 2018) for the tests of our own implementation.

Written from sections 3.1 and 3.2, one sentence and one pair at a time, in float64: every span is cut out, padded and convolved
separately; every pair gets its whole feature vector and one weight matrix. The variants with spans score every span of up to
three words (Lee et al. 2017, section 4) in the place of tags, and relate entities inside others too. All parameters are multiples of 1/1024, so they are the
same numbers in float32. The seed is one for which no maximum is decided, and no ReLU switched, by a margin too small for a float32
computation. There is no dropout.

usage: python3 bench/peers/joint_fixture.py [FOLDER]    # default packages/core/src/models/joint-nn/fixtures
"""
import json
import os
import random
import sys

import torch
import torch.nn.functional as F

from rin_fixture import HIDDEN, check_steps, lstm_step, numbers, stored

ALPHABET = "abcdefgh"  # row 0 of the table is for every other character
WORDS, WORD_DIM, CHAR_DIM, FILTERS, WIDTHS, MLP, DISTANCES = 12, 4, 3, 3, (2, 3), 6, 3
TYPES, RELATIONS = ("X", "Y"), 2
TAGS = ["O"] + [f"{letter}-{kind}" for kind in TYPES for letter in "BILU"]
STATE = 2 * HIDDEN
POOLED = FILTERS * len(WIDTHS)
FEATURES = 3 * POOLED + 2 * STATE + DISTANCES
SEED = "weft-joint-3"
SPANS = dict(longest=3, nested=True, size=5, filters=3, widths=[1, 2], distinctWidths=2)
CLEARANCE = 2e-5  # the minimum distance of a maximum from its runner-up, and of a ReLU's input from zero

BASE = dict(tagger="softmax", rightContext="correct", pairs="left-to-right", candidates="predicted-and-gold",
            tagsRead="predicted", means="batch", characters=True, decoding="free",
            words=WORDS, wordSize=WORD_DIM, characterSize=CHAR_DIM, characterFilters=FILTERS, hiddenSize=HIDDEN,
            spanFilters=FILTERS, mlpSize=MLP, distances=DISTANCES, relations=RELATIONS, alphabet=ALPHABET, tags=TAGS)
VARIANTS = {
    "base": {},
    "gold-tags": dict(tagsRead="gold"),
    "crf": dict(tagger="crf"),
    "crf-constrained": dict(tagger="crf", decoding="constrained"),
    "constrained": dict(decoding="constrained"),
    "duplicated-left": dict(rightContext="duplicated-left"),
    "ordered": dict(pairs="ordered"),
    "predicted-only": dict(candidates="predicted"),
    "sentence-means": dict(means="sentence"),
    "no-characters": dict(characters=False),
    "spans": dict(spans=SPANS),
    "spans-ordered": dict(spans=SPANS, pairs="ordered"),
    "spans-flat": dict(spans=dict(SPANS, nested=False)),
}


def nested(s):
    return "spans" in s and s["spans"]["nested"]


def flat_tags(n, entities):
    """A tag for each word; of entities that overlap, the longest stays, and the first of equally long ones."""
    tags = ["O"] * n
    for start, end, kind in sorted(entities, key=lambda entity: entity[0] - entity[1]):
        if any(tag != "O" for tag in tags[start:end]):
            continue
        for i in range(start, end):
            tags[i] = f"{'U' if end - start == 1 else 'B' if i == start else 'L' if i == end - 1 else 'I'}-{kind}"
    return tags


def sentences(s):
    """Lengths 7, 1 and 9; relations in both directions, adjacent entities, an entity of three words, unknown characters.
    If entities may be nested: one at the beginning and one at the end of another, two that cross, and relations of all these."""
    draw = random.Random(SEED)
    gold = [
        (7, [(0, 2, "X"), (2, 3, "Y"), (4, 7, "X")], [(0, 1, 1), (2, 0, 0)]),
        (1, [], []),
        (9, [(1, 2, "Y"), (3, 5, "X"), (8, 9, "Y")], [(2, 1, 1), (0, 2, 0)]),
    ]
    if nested(s):
        gold[0] = (7, [(0, 1, "Y"), (0, 2, "X"), (4, 7, "X"), (6, 7, "Y")], [(1, 0, 1), (3, 2, 0), (0, 2, 1)])
        gold[2] = (9, [(1, 3, "Y"), (2, 5, "X"), (8, 9, "Y")], [(1, 0, 1), (0, 2, 0)])
    found = []
    for n, entities, relations in gold:
        tags = flat_tags(n, entities)
        found.append(dict(
            words=[draw.randrange(WORDS) for _ in range(n)],
            tokens=["".join(draw.choice(ALPHABET + "?") for _ in range(draw.randint(1, 5))) for _ in range(n)],
            tags=[TAGS.index(tag) for tag in tags], entities=entities, relations=relations))
    return found


def shapes(s):
    """Names and shapes of the parameters, rows are outputs; filters are [filters, columns, width]."""
    found = {"joint-nn/word/weight": [WORDS, WORD_DIM]}
    if s["characters"]:
        found["joint-nn/character/weight"] = [1 + len(ALPHABET), CHAR_DIM]
        for width in WIDTHS:
            found[f"joint-nn/character/width-{width}/weight"] = [FILTERS, CHAR_DIM, width]
            found[f"joint-nn/character/width-{width}/bias"] = [FILTERS]
    for direction in ("forward", "backward"):
        found[f"joint-nn/encoder/{direction}/input/weight"] = [4 * HIDDEN, WORD_DIM + (POOLED if s["characters"] else 0)]
        found[f"joint-nn/encoder/{direction}/hidden/weight"] = [4 * HIDDEN, HIDDEN]
        found[f"joint-nn/encoder/{direction}/bias"] = [4 * HIDDEN]
    if "spans" in s:
        spans, at = s["spans"], "joint-nn/span"
        for width in spans["widths"]:
            found[f"{at}/inner/width-{width}/weight"] = [spans["filters"], STATE, width]
            found[f"{at}/inner/width-{width}/bias"] = [spans["filters"]]
        for part, inputs in (("first", STATE), ("last", STATE), ("inner", spans["filters"] * len(spans["widths"])),
                             ("width", spans["distinctWidths"])):
            found[f"{at}/hidden/{part}/weight"] = [spans["size"], inputs]
        found.update({f"{at}/hidden/bias": [spans["size"]], f"{at}/label/weight": [1 + len(TYPES), spans["size"]],
                      f"{at}/label/bias": [1 + len(TYPES)]})
    else:
        found.update({"joint-nn/tag/weight": [len(TAGS), STATE], "joint-nn/tag/bias": [len(TAGS)]})
    if s["tagger"] == "crf":
        found.update({"joint-nn/chain/transitions": [len(TAGS), len(TAGS)],  # from row to column
                      "joint-nn/chain/start": [len(TAGS)], "joint-nn/chain/end": [len(TAGS)]})
    for part in ("first", "second", "middle"):
        for width in WIDTHS:  # columns: the state, then the one-hot tag
            found[f"joint-nn/{part}/width-{width}/weight"] = [FILTERS, STATE + len(TAGS), width]
            found[f"joint-nn/{part}/width-{width}/bias"] = [FILTERS]
    found["joint-nn/hidden/weight"] = [MLP, FEATURES]  # columns: e1, e2, middle, left, right, distance
    found["joint-nn/hidden/bias"] = [MLP]
    if nested(s):  # columns: the type of an entity, the way in which two overlap
        found.update({"joint-nn/hidden/first-type/weight": [MLP, len(TYPES)], "joint-nn/hidden/second-type/weight": [MLP, len(TYPES)],
                      "joint-nn/hidden/overlap/weight": [MLP, 3]})
    labels = 1 + RELATIONS * (1 if s["pairs"] == "ordered" else 2)
    found.update({"joint-nn/label/weight": [labels, MLP], "joint-nn/label/bias": [labels]})
    return found


def drawn(name, shape):
    """Each parameter has its own random stream, so variants share the values of their common parameters."""
    draw = random.Random(f"{SEED}/{name}")
    values = [draw.randint(-614, 614) / 1024 for _ in range(torch.Size(shape).numel())]
    return torch.tensor(values, dtype=torch.float64).view(shape).requires_grad_()


def clear(values):
    """Checks that a coarser arithmetic would find the same maximum; exact ties are harmless."""
    ordered = values.detach().sort(descending=True)[0]
    below = ordered[ordered < ordered[0]]
    assert len(below) == 0 or ordered[0] - below[0] > CLEARANCE, "a maximum is too narrow: take another seed"


def rectified(x):
    assert x.detach().abs().min() > CLEARANCE, "a ReLU's input is too near to zero: take another seed"
    return torch.relu(x)


def cnn(p, at, rows, widths=WIDTHS):
    """rows: a list of vectors; an empty list means one row of zeros."""
    columns = p[f"{at}/width-{widths[0]}/weight"].shape[1]
    x = torch.stack(rows) if rows else torch.zeros(1, columns, dtype=torch.float64)
    pooled = []
    for width in widths:
        y = F.conv1d(x.t().unsqueeze(0), p[f"{at}/width-{width}/weight"], p[f"{at}/width-{width}/bias"], padding=width - 1)[0]
        for row in y:
            clear(row)
        pooled.append(rectified(y.max(1)[0]))
    return torch.cat(pooled)


def states(s, p, sentence):
    xs = []
    for word, token in zip(sentence["words"], sentence["tokens"]):
        parts = [p["joint-nn/word/weight"][word]]
        if s["characters"]:
            ids = [ALPHABET.index(c) + 1 if c in ALPHABET else 0 for c in token]
            parts.append(cnn(p, "joint-nn/character", [p["joint-nn/character/weight"][i] for i in ids]))
        xs.append(torch.cat(parts))
    sides = []
    for direction, order in (("forward", xs), ("backward", xs[::-1])):
        at = f"joint-nn/encoder/{direction}"
        h = c = torch.zeros(HIDDEN, dtype=torch.float64)
        out = []
        for x in order:
            h, c = lstm_step(p[f"{at}/input/weight"], p[f"{at}/hidden/weight"], p[f"{at}/bias"], x, h, c)
            out.append(h)
        sides.append(out if direction == "forward" else out[::-1])
    return sides


def consistent(before, after):
    """Whether one tag may follow another; None means outside the sentence."""
    opened = before is not None and before[0] in "BI"
    goes_on = after is not None and after[0] in "IL"
    return opened == goes_on and (not goes_on or before[2:] == after[2:])


def best_tags(s, p, scores):
    """The decoder: each word independently, or the best path, step by step."""
    n, free = len(scores), s["decoding"] == "free"
    if s["tagger"] == "softmax" and free:
        for row in scores:
            clear(row)
        return [int(row.argmax()) for row in scores]
    crf = s["tagger"] == "crf"
    unary = [row if crf else torch.log_softmax(row, 0) for row in scores]

    def step(before, after):
        if not free and not consistent(None if before is None else TAGS[before], None if after is None else TAGS[after]):
            return -float("inf")
        if not crf:
            return 0.0
        name, index = ("start", after) if before is None else ("end", before) if after is None else ("transitions", (before, after))
        return float(p[f"joint-nn/chain/{name}"][index])

    paths = {t: (step(None, t) + float(unary[0][t]), [t]) for t in range(len(TAGS))}
    for i in range(1, n):
        paths = {t: max((value + step(u, t) + float(unary[i][t]), path + [t]) for u, (value, path) in paths.items())
                 for t in range(len(TAGS))}
    ends = sorted(((value + step(t, None), path) for t, (value, path) in paths.items()), reverse=True)
    assert ends[0][0] - ends[1][0] > CLEARANCE, "the best path is too narrow: take another seed"
    return ends[0][1]


def chunks(tags):
    """Spans by the rules of conlleval."""
    found, start, kind = [], None, None
    for i, tag in enumerate(tags + ["O"]):
        letter, this = tag[0], tag[2:]
        begins = letter in "BU" or (letter in "IL" and (start is None or kind != this))
        if start is not None and (begins or letter == "O"):
            found.append((start, i))
            start = None
        if begins:
            start, kind = i, this
        if start is not None and letter in "LU":
            found.append((start, i + 1))
            start = None
    return found


def tag_loss(s, p, scores, gold):
    """−ln P of the gold tags, and the number of words."""
    if s["tagger"] == "softmax":
        return sum(-torch.log_softmax(row, 0)[t] for row, t in zip(scores, gold))
    chain = {name: p[f"joint-nn/chain/{name}"] for name in ("transitions", "start", "end")}
    alpha = chain["start"] + scores[0]
    path = chain["start"][gold[0]] + scores[0][gold[0]] + chain["end"][gold[-1]]
    for i in range(1, len(scores)):
        alpha = torch.logsumexp(alpha.unsqueeze(1) + chain["transitions"], 0) + scores[i]
        path = path + chain["transitions"][gold[i - 1], gold[i]] + scores[i][gold[i]]
    return torch.logsumexp(alpha + chain["end"], 0) - path


def span_scores(s, p, ahead, back):
    """The scores of every span, by start and then end."""
    spans, at, found = s["spans"], "joint-nn/span", {}
    h = [torch.cat([a, b]) for a, b in zip(ahead, back)]
    for start in range(len(h)):
        for end in range(start + 1, min(len(h), start + spans["longest"]) + 1):
            width = F.one_hot(torch.tensor(min(spans["distinctWidths"], end - start) - 1), spans["distinctWidths"]).double()
            hidden = p[f"{at}/hidden/first/weight"] @ h[start] + p[f"{at}/hidden/last/weight"] @ h[end - 1] + p[f"{at}/hidden/bias"]
            hidden = hidden + p[f"{at}/hidden/inner/weight"] @ cnn(p, f"{at}/inner", h[start:end], spans["widths"])
            hidden = rectified(hidden + p[f"{at}/hidden/width/weight"] @ width)
            found[start, end] = p[f"{at}/label/weight"] @ hidden + p[f"{at}/label/bias"]
    return found


def best_spans(s, scores):
    """The label of every span. Without nesting: the set that weighs most of all sets that do not overlap, tried one by one."""
    for row in scores.values():
        clear(row)
    labels = {span: int(row.argmax()) for span, row in scores.items()}
    if s["spans"]["nested"]:
        assert sum(label > 0 for label in labels.values()) <= 2 * max(end for _, end in labels)
        return labels
    weights = {span: float(row.max() - row[0]) for span, row in scores.items() if labels[span] > 0}

    def sets(start):
        """Every set of spans that begin here or later."""
        if all(span[0] < start for span in weights):
            return [(0.0, ())]
        found = sets(start + 1)
        for span in weights:
            if span[0] == start:
                found = found + [(value + weights[span], (span,) + chosen) for value, chosen in sets(span[1])]
        return found

    ordered = sorted(sets(0), reverse=True)
    assert len(ordered) < 2 or ordered[0][0] - ordered[1][0] > CLEARANCE, "the best set is too narrow: take another seed"
    return {span: label if span in ordered[0][1] else 0 for span, label in labels.items()}


def overlap(e1, e2):
    """The first holds the second, the second the first, or they cross; None if they are apart."""
    if e1[1] <= e2[0] or e2[1] <= e1[0]:
        return None
    return 0 if e1[0] <= e2[0] and e2[1] <= e1[1] else 1 if e2[0] <= e1[0] and e1[1] <= e2[1] else 2


def pair_scores(s, p, ahead, back, tags, e1, e2, kinds, dropped=None, keep=1):
    """dropped: what each of the three convolutions reads of every word, after dropout; keep: the mask of the hidden layer"""
    n = len(ahead)
    seen = [torch.cat([ahead[i], back[i], F.one_hot(torch.tensor(tags[i]), len(TAGS)).double()]) for i in range(n)]
    first, second, middle = dropped or (seen, seen, seen)
    (left, right) = (min(e1[0], e2[0]), min(e1[1], e2[1])), (max(e1[0], e2[0]), max(e1[1], e2[1]))
    gap = max(0, right[0] - left[1])
    zero = torch.zeros(HIDDEN, dtype=torch.float64)
    f_left = torch.cat([ahead[left[0] - 1] if left[0] > 0 else zero, back[0] - back[left[0]]])
    f_right = torch.cat([ahead[n - 1] - ahead[right[1] - 1], back[right[1]] if right[1] < n else zero])
    if s["rightContext"] == "duplicated-left":
        f_right = f_left
    f = torch.cat([cnn(p, "joint-nn/first", first[e1[0]:e1[1]]), cnn(p, "joint-nn/second", second[e2[0]:e2[1]]),
                   cnn(p, "joint-nn/middle", middle[left[1]:left[1] + gap]), f_left, f_right,
                   F.one_hot(torch.tensor(min(DISTANCES - 1, gap)), DISTANCES).double()])
    hidden = p["joint-nn/hidden/weight"] @ f + p["joint-nn/hidden/bias"]
    if nested(s):
        for name, kind in (("first-type", kinds.get(e1)), ("second-type", kinds.get(e2)), ("overlap", overlap(e1, e2))):
            if kind is not None:
                hidden = hidden + p[f"joint-nn/hidden/{name}/weight"][:, kind]
    hidden = rectified(hidden) * keep
    return p["joint-nn/label/weight"] @ hidden + p["joint-nn/label/bias"]


def forward(s, p, sentence):
    ahead, back = states(s, p, sentence)
    gold = {(start, end): TYPES.index(kind) for start, end, kind in sentence["entities"]}
    if "spans" in s:
        units = span_scores(s, p, ahead, back)
        labels = best_spans(s, units)
        kinds = {**gold, **{span: label - 1 for span, label in labels.items() if label > 0}}
        spans = [span for span, label in labels.items() if label > 0]
        tags = [TAGS.index(tag) for tag in flat_tags(len(ahead), [(*span, TYPES[kinds[span]]) for span in spans])]
        scores = list(units.values())
        entity = sum(-torch.log_softmax(row, 0)[gold[span] + 1 if span in gold else 0] for span, row in units.items())
    else:
        scores = [p["joint-nn/tag/weight"] @ torch.cat([a, b]) + p["joint-nn/tag/bias"] for a, b in zip(ahead, back)]
        tags = sentence["tags"] if s["tagsRead"] == "gold" else best_tags(s, p, scores)
        spans, kinds = chunks([TAGS[t] for t in tags]), {}
        entity = tag_loss(s, p, scores, sentence["tags"])
    places = list(gold)
    if s["candidates"] != "predicted":
        spans = spans + places
    spans = sorted(set(spans))
    truth = {(places[head], places[tail]): kind for head, tail, kind in sentence["relations"]}
    pairs, labels, outputs = [], [], []
    for e1 in spans:
        for e2 in spans:
            apart = e1[1] <= e2[0] or (s["pairs"] == "ordered" and e2[1] <= e1[0])
            inside = nested(s) and e1 != e2 and overlap(e1, e2) is not None and (s["pairs"] == "ordered" or e1 < e2)
            if not apart and not inside:
                continue
            pairs.append([list(e1), list(e2)])
            if s["pairs"] == "ordered":
                labels.append(1 + truth[e1, e2] if (e1, e2) in truth else 0)
            else:
                labels.append(1 + 2 * truth[e1, e2] if (e1, e2) in truth else 2 + 2 * truth[e2, e1] if (e2, e1) in truth else 0)
            outputs.append(pair_scores(s, p, ahead, back, tags, e1, e2, kinds))
    relation = sum((-torch.log_softmax(y, 0)[t] for y, t in zip(outputs, labels)), torch.zeros((), dtype=torch.float64))
    return dict(words=len(ahead), scores=scores, tags=tags, spans=spans, kinds=[kinds.get(span, -1) for span in spans], pairs=pairs,
                labels=labels, outputs=outputs, entity=entity, relation=relation)


def fixture(changes):
    s = {**BASE, **changes}
    data = sentences(s)
    p = {name: drawn(name, shape) for name, shape in shapes(s).items()}
    results = [forward(s, p, sentence) for sentence in data]
    if s["means"] == "batch":
        entity = sum(r["entity"] for r in results) / sum(r["words"] for r in results)
        relation = sum(r["relation"] for r in results) / sum(len(r["pairs"]) for r in results)
    else:
        entity = sum(r["entity"] / r["words"] for r in results) / len(data)
        relation = sum(r["relation"] / max(1, len(r["pairs"])) for r in results) / len(data)
    (entity + relation).backward()
    softmax = lambda rows: [numbers(torch.softmax(row.detach(), 0).tolist()) for row in rows]
    return dict(
        settings=s, sentences=data, parameters={name: stored(value) for name, value in p.items()},
        outputs=[dict(tags=r["tags"], spans=r["spans"], pairs=r["pairs"], labels=r["labels"],
                      **({"types": r["kinds"]} if nested(s) else {}), tagProbabilities=softmax(r["scores"]),
                      labelProbabilities=softmax(r["outputs"])) for r in results],
        entityLoss=float(f"{entity.item():.12g}"), relationLoss=float(f"{relation.item():.12g}"),
        gradients={name: stored(torch.zeros_like(value) if value.grad is None else value.grad) for name, value in p.items()},
        origin=dict(script="bench/peers/joint_fixture.py", torch=torch.__version__.split("+")[0], dtype="float64"))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../packages/core/src/models/joint-nn/fixtures")
    check_steps()
    for name, changes in VARIANTS.items():
        result = fixture(changes)
        text = json.dumps(result, separators=(",", ":")) + "\n"
        with open(os.path.join(folder, name + ".json"), "w") as out:
            out.write(text)
        counts = [f"{len(r['spans'])} spans {len(r['pairs'])} pairs" for r in result["outputs"]]
        print(f"{name}.json {len(text) / 1000:.0f} kB, {', '.join(counts)}")


if __name__ == "__main__":
    main()
