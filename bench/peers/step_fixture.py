"""One whole training step of RIN, of the joint network with minimum risk training, and of bio-mtl, in float64, for the tests of our
own implementation: batches cut into chunks, dropout in every place, dropped words, scheduled sampling, drawn outputs, schedule,
clipping, and the weights after the step.

The networks are those of rin_fixture.py, joint_fixture.py and pairs_fixture.py, one sentence and one pair at a time. Masks and
draws are computed here again from the seed: `Random` and `Masks` say which numbers a chunk draws, and the order in which they are
drawn is the order in which the code below asks for them. Minimum risk training is differentiated through its definition (Sun et
al. 2018, eq. 5), not by the closed form of its appendix.

usage: python3 bench/peers/step_fixture.py [FOLDER]    # default packages/core/src/models
"""
import json
import math
import os
import sys

import torch
import torch.nn.functional as F

import joint_fixture as joint
import pairs_fixture as pairs
import rin_fixture as rin

TRAINING = dict(seed=7, step=1, steps=10, epoch=1, batch=3, chunk=2, rate=1, maxNorm=0.5, warmup=0.5, factor=0.4)
DROPOUT = dict(word=0.25, input=0.25, spatial=0.5, pooled=0.25, hidden=0.5, joint=0.25)  # their scales are exact in float32
MRT = dict(samples=3, alpha=1, mu=0.5, epsilon=0.1, risk="both", learnedLoss=True)
WORD = 2 ** 32
MARGIN = 1e-5  # a draw that is closer to a border could fall on its other side in float32


def mix(value):
    value = (value ^ value >> 16) * 0x85EBCA6B % WORD
    value = (value ^ value >> 13) * 0xC2B2AE35 % WORD
    return value ^ value >> 16


class Random:
    """sfc32, seeded by a number and labels."""

    def __init__(self, seed, *labels):
        one, other = mix(seed % WORD), mix(seed // WORD ^ 0x9E3779B9)
        for label in labels:
            for character in f"#{label}" if isinstance(label, int) else label:
                code = ord(character)
                one, other = (one ^ code) * 0x01000193 % WORD, (other + code) * 0x85EBCA6B % WORD ^ other >> 13
            one = mix(one)
            other = mix(other ^ one)
        self.a, self.b, self.c, self.counter = one, other, mix(one ^ 0x5BD1E995), 1
        for _ in range(12):
            self.word()

    def word(self):
        total = (self.a + self.b + self.counter) % WORD
        self.counter = (self.counter + 1) % WORD
        self.a = self.b ^ self.b >> 9
        self.b = self.c * 9 % WORD
        self.c = ((self.c << 21 | self.c >> 11) + total) % WORD
        return total

    def next(self):
        return self.word() / WORD

    def index(self, weights):
        left = self.next() * sum(weights)
        for k, weight in enumerate(weights):
            left -= weight
            clear(abs(left) > MARGIN)
            if left < 0:
                return k
        return len(weights) - 1


class Masks:
    """The dropout masks of one chunk, in the order in which they are drawn."""

    def __init__(self, seed):
        self.seed, self.count = seed, 0

    def draw(self, rows, columns, rate):
        """A mask for each of the rows, which lie a multiple of four numbers apart."""
        self.count += 1
        key, stride = self.count * 0x27D4EB2F % WORD, (columns + 3) // 4 * 4

        def kept(place):
            value = mix(((place ^ self.seed) * 0x9E3779B1 + key) % WORD)
            value = mix(value ^ (key * 0x85EBCA6B + 0x165667B1) % WORD)
            return 0.0 if (value >> 8) / 2 ** 24 < rate else 1 / (1 - rate)

        return [torch.tensor([kept(row * stride + column) for column in range(columns)], dtype=torch.float64) for row in range(rows)]


def clear(condition):
    if not condition:
        raise ArithmeticError("too narrow")


def chunk_seed(k):
    return Random(TRAINING["seed"], "chunk", TRAINING["step"], k).word()


def longest_first(data):
    return sorted(data, key=lambda sentence: -len(sentence["words"]))


def dropped_words(random, words):
    """Words that are read as unknown, row 0."""
    return [0 if random.next() < DROPOUT["word"] else word for word in words]


def rin_step(p):
    s, data = rin.BASE, rin.sentences()
    order, total = longest_first(data), 0
    for k in range(2):
        chunk, seed = order[2 * k:2 * k + 2], chunk_seed(k)
        random, masks = Random(seed, "model"), Masks(seed)
        read = [{**sentence, "words": dropped_words(random, sentence["words"])} for sentence in chunk]
        keep = iter(masks.draw(sum(len(sentence["words"]) for sentence in chunk), rin.WORD_DIM + rin.POS_DIM, DROPOUT["input"]))
        for sentence in read:
            found = rin.forward(s, p, sentence, [next(keep) for _ in sentence["words"]])
            total = total + rin.loss_of(s, sentence, *found) / TRAINING["batch"]
    return s, data, dict(total=total)


def bio_step(p, seed_of_data):
    s = {**pairs.BIO, "windows": [2, 3]}
    data = pairs.sentences(pairs.random.Random(seed_of_data))
    # Sentences are dealt out, the longest first, to the chunk with the fewest words.
    chunks, total = [[], []], 0
    for sentence in longest_first(data):
        min(chunks, key=lambda chunk: sum(len(each["words"]) for each in chunk)).append(sentence)
    for k, chunk in enumerate(chunks):
        seed = chunk_seed(k)
        random, masks = Random(seed, "model"), Masks(seed)
        read = [{**sentence, "words": dropped_words(random, sentence["words"])} for sentence in chunk]
        words = sum(len(sentence["words"]) for sentence in chunk)
        keep = []
        for size in (pairs.WORD_DIM, pairs.TAG_DIM):
            columns = masks.draw(len(chunk), size, DROPOUT["spatial"])
            each = iter(masks.draw(words, size, DROPOUT["input"]))
            keep.append([columns[at] * next(each) for at, sentence in enumerate(chunk) for _ in sentence["words"]])
        keep = iter(list(zip(*keep)))
        for sentence in read:
            sentence["keep"] = [next(keep) for _ in sentence["words"]]
        asked = [(sentence, sentence["entities"][head], sentence["entities"][tail], label)
                 for sentence in read for head, tail, label in sentence["pairs"]]
        pooled = masks.draw(len(asked), len(s["windows"]) * pairs.FILTERS, DROPOUT["pooled"])
        hidden = masks.draw(len(asked), pairs.HIDDEN, DROPOUT["hidden"])
        found = pairs.bio_mtl(s, p, [each[:3] for each in asked], None, (pooled, hidden))
        total = total + sum(pairs.loss_of(s, *scores, each[3]) for scores, each in zip(found, asked)) / TRAINING["batch"]
    return s, data, dict(total=total)


def joint_states(p, chunk, words, masks):
    """The states of each sentence's words, with dropout on characters, their features, the input and the states; without masks, none."""
    tokens = list(dict.fromkeys(token for sentence in chunk for token in sentence["tokens"]))
    rows = [[p["joint-nn/character/weight"][joint.ALPHABET.index(c) + 1 if c in joint.ALPHABET else 0] for c in token] for token in tokens]

    def dropped(vectors):
        return [x * mask for x, mask in zip(vectors, masks.draw(len(vectors), len(vectors[0]), DROPOUT["joint"]))] if masks else vectors

    flat = iter(dropped([x for row in rows for x in row]))
    features = dropped([joint.cnn(p, "joint-nn/character", [next(flat) for _ in row]) for row in rows])
    features = dict(zip(tokens, features))
    inputs = iter(dropped([torch.cat([p["joint-nn/word/weight"][word], features[token]])
                           for sentence, ids in zip(chunk, words) for word, token in zip(ids, sentence["tokens"])]))
    found = []
    for sentence in chunk:
        xs, sides = [next(inputs) for _ in sentence["tokens"]], []
        for direction, order in (("forward", xs), ("backward", xs[::-1])):
            at, out = f"joint-nn/encoder/{direction}", []
            h = c = torch.zeros(joint.HIDDEN, dtype=torch.float64)
            for x in order:
                h, c = joint.lstm_step(p[f"{at}/input/weight"], p[f"{at}/hidden/weight"], p[f"{at}/bias"], x, h, c)
                out.append(h)
            sides.append(out if direction == "forward" else out[::-1])
        found.append([torch.cat(both) for both in zip(*sides)])
    flat = iter(dropped([h for states in found for h in states]))
    return [[next(flat) for _ in states] for states in found]


def tag_scores(p, states):
    return [p["joint-nn/tag/weight"] @ h + p["joint-nn/tag/bias"] for h in states]


def reading(at, tags, spans):
    """Tags of sentence `at` of a chunk with its candidate entities, and their pairs from left to right."""
    spans = sorted(set(spans))
    return dict(at=at, tags=tags, spans=spans, pairs=[(e1, e2) for e1 in spans for e2 in spans if e1[1] <= e2[0]])


def spans_of(tags):
    return joint.chunks([joint.TAGS[tag] for tag in tags])


def typed(tags):
    return {(start, end, joint.TAGS[tags[start]][2:]) for start, end in spans_of(tags)}


def label_scores(p, states, readings, random=None, masks=None):
    """The scores of each reading's pairs. With masks: dropout on the states, on the one-hot tags and on the hidden layer."""
    rate, seen = DROPOUT["joint"], []
    for _ in range(3):
        hot = [[F.one_hot(torch.tensor(tag), len(joint.TAGS)).double() for tag in each["tags"]] for each in readings]
        dropped = states
        if masks:
            hot = [[x * (0 if random.next() < rate else 1 / (1 - rate)) for x in row] for row in hot]
            mask = iter(masks.draw(sum(len(row) for row in states), joint.STATE, rate))
            dropped = [[h * next(mask) for h in row] for row in states]
        seen.append([[torch.cat([h, x]) for h, x in zip(dropped[each["at"]], row)] for each, row in zip(readings, hot)])
    count = sum(len(each["pairs"]) for each in readings)
    keep = iter(masks.draw(count, joint.MLP, rate) if masks else [1] * count)
    found = []
    for k, each in enumerate(readings):
        row = states[each["at"]]
        ahead, back = [h[:joint.HIDDEN] for h in row], [h[joint.HIDDEN:] for h in row]
        found.append([joint.pair_scores(joint.BASE, p, ahead, back, each["tags"], e1, e2, {}, [part[k] for part in seen], next(keep))
                      for e1, e2 in each["pairs"]])
    return found


def gold_labels(sentence, pairs_of):
    places = [(start, end) for start, end, _ in sentence["entities"]]
    truth = {(places[head], places[tail]): kind for head, tail, kind in sentence["relations"]}
    return [1 + 2 * truth[e1, e2] if (e1, e2) in truth else 2 + 2 * truth[e2, e1] if (e2, e1) in truth else 0 for e1, e2 in pairs_of]


def facts(entities, read, labels):
    """Relations as head, tail and type, with the types of both."""
    kinds, found = {entity[:2]: entity for entity in entities}, set()
    for (e1, e2), label in zip(read["pairs"], labels):
        if label:
            head, tail = (e1, e2) if label % 2 else (e2, e1)
            found.add((kinds[head], kinds[tail], (label - 1) // 2))
    return found


def cost(gold, found):
    """1 − F1; F1 is 1 where neither has an item."""
    return 0 if not gold and not found else 1 - 2 * len(gold & found) / (len(gold) + len(found))


def outputs_of(p, chunk, random):
    """Algorithm 1: gold, then distinct drawn outputs, without dropout."""
    with torch.no_grad():
        states = joint_states(p, chunk, [sentence["words"] for sentence in chunk], None)
        sets = []
        for at, sentence in enumerate(chunk):
            probabilities = [torch.softmax(row, 0).tolist() for row in tag_scores(p, states[at])]
            drawn, tries = [sentence["tags"]], 0
            while len(drawn) < 1 + MRT["samples"] and tries < 1000:
                tries += 1
                tags = [int(random.next() * len(joint.TAGS)) if random.next() < MRT["epsilon"] else random.index(row)
                        for row in probabilities]
                if tags not in drawn:
                    drawn.append(tags)
            sets.append([reading(at, tags, spans_of(tags)) for tags in drawn])
        for sentence, own in zip(chunk, sets):
            gold = {tuple(entity) for entity in sentence["entities"]}
            truth = facts(gold, own[0], gold_labels(sentence, own[0]["pairs"]))
            for k, (each, rows) in enumerate(zip(own, label_scores(p, states, own))):
                labels = [random.index(torch.softmax(row, 0).tolist()) for row in rows]
                each["labels"] = gold_labels(sentence, each["pairs"]) if k == 0 else labels
                entities = gold if k == 0 else typed(each["tags"])
                each["cost"] = (cost(gold, entities) + cost(truth, facts(entities, each, each["labels"]))) / 2
    return sets


def risk_of(entities, relations, costs):
    q = torch.softmax(MRT["alpha"] * (MRT["mu"] * entities + (1 - MRT["mu"]) * relations), 0)
    risk = (q * (costs - q)).sum()
    if len(q) < 2:
        return risk
    rivals = q[1:].detach().sort(descending=True)[0]
    clear(len(rivals) < 2 or rivals[0] - rivals[1] > MARGIN)
    return risk + torch.relu(1 - q[0] + q[1:].max())


def joint_step(p):
    s = {**joint.BASE, "tagsRead": "scheduled"}
    data = joint.sentences(s)
    order, tokens = longest_first(data), sum(len(sentence["words"]) for sentence in data)
    losses = dict(entity=0, relation=0, risk=0)
    share = 1 / (1 + math.exp(TRAINING["epoch"]))
    for k in range(2):
        chunk, seed = order[2 * k:2 * k + 2], chunk_seed(k)
        random, masks = Random(seed, "model"), Masks(seed)
        sets = outputs_of(p, chunk, random)
        states = joint_states(p, chunk, [dropped_words(random, sentence["words"]) for sentence in chunk], masks)
        scores = [tag_scores(p, row) for row in states]
        local = []
        for at, sentence in enumerate(chunk):
            best = joint.best_tags(s, p, scores[at])
            tags = [gold if random.next() < share else own for gold, own in zip(sentence["tags"], best)]
            local.append(reading(at, tags, [(start, end) for start, end, _ in sentence["entities"]] + spans_of(tags)))
        readings = local + [each for own in sets for each in own]
        if any(each["pairs"] for each in readings):
            rows = label_scores(p, states, readings, random, masks)
        else:
            rows = [[] for _ in readings]
        log = [[torch.log_softmax(row, 0) for row in own] for own in rows]
        tag_log = [[torch.log_softmax(row, 0) for row in own] for own in scores]
        pairs_here = sum(len(each["pairs"]) for each in local)
        for at, (sentence, each) in enumerate(zip(chunk, local)):
            losses["entity"] = losses["entity"] - sum(row[t] for row, t in zip(tag_log[at], sentence["tags"])) / tokens
            for row, label in zip(log[at], gold_labels(sentence, each["pairs"])):
                losses["relation"] = losses["relation"] - row[label] * len(chunk) / pairs_here / TRAINING["batch"]
        at = len(local)
        for own in sets:
            entities = torch.stack([sum(row[t] for row, t in zip(tag_log[each["at"]], each["tags"])) for each in own])
            relations = torch.stack([sum((row[label] for row, label in zip(log[at + k], each["labels"])),
                                         torch.zeros((), dtype=torch.float64)) for k, each in enumerate(own)])
            costs = torch.tensor([each["cost"] for each in own], dtype=torch.float64)
            losses["risk"] = losses["risk"] + risk_of(entities, relations, costs) / TRAINING["batch"]
            at += len(own)
    return {**s, "mrt": MRT}, data, losses


def attempt(name, number):
    rin.SEED, joint.SEED = f"weft-step-{number}", f"weft-step-{number}"
    if name == "rin":
        p = {key: rin.drawn(key, shape) for key, shape in rin.shapes(rin.BASE).items()}
        s, data, losses = rin_step(p)
    elif name == "joint-nn":
        p = {key: joint.drawn(key, shape) for key, shape in joint.shapes(joint.BASE).items()}
        s, data, losses = joint_step(p)
    else:
        seed = f"weft-step-{number}"
        p = {key: pairs.drawn(seed, key, shape) for key, shape in pairs.shapes({**pairs.BIO, "windows": [2, 3]}).items()}
        s, data, losses = bio_step(p, seed)
        sizes = dict(words=pairs.WORDS, tags=pairs.TAGS, relations=pairs.RELATIONS, wordSize=pairs.WORD_DIM, tagSize=pairs.TAG_DIM,
                     positionSize=pairs.POS_DIM, positions=pairs.FAR, filters=pairs.FILTERS, hidden=pairs.HIDDEN, gru=pairs.GRU,
                     attention=pairs.ATTENTION)
        s = {**s, "sizes": sizes}
    sum(losses.values()).backward()
    gradients = {key: torch.zeros_like(value) if value.grad is None else value.grad for key, value in p.items()}
    norm = math.sqrt(sum(float((gradient ** 2).sum()) for gradient in gradients.values()))
    move = TRAINING["rate"] * TRAINING["factor"] * min(1, TRAINING["maxNorm"] / norm)
    return dict(
        training={**TRAINING, "dropout": DROPOUT}, settings=s, sentences=data,
        parameters={key: rin.stored(value) for key, value in p.items()},
        moved={key: rin.stored(-move * gradient) for key, gradient in gradients.items()},
        losses={key: float(f"{float(value.detach()):.12g}") for key, value in losses.items()}, gradNorm=float(f"{norm:.12g}"),
        origin=dict(script="bench/peers/step_fixture.py", torch=torch.__version__.split("+")[0], dtype="float64", seed=f"weft-step-{number}"))


def fixture(name):
    for number in range(1, 300):
        try:
            return attempt(name, number)
        except (ArithmeticError, AssertionError):
            continue
    raise SystemExit(f"{name}: no seed is clear enough")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../packages/core/src/models")
    rin.check_steps()
    for name, place in (("rin", "rin"), ("joint-nn", "joint-nn"), ("bio-mtl", "pairs")):
        result = fixture(name)
        text = json.dumps(result, separators=(",", ":")) + "\n"
        os.makedirs(os.path.join(folder, place, "fixtures/step"), exist_ok=True)
        with open(os.path.join(folder, place, "fixtures/step", name + ".json"), "w") as out:
            out.write(text)
        print(f"{place}/fixtures/step/{name}.json {len(text) / 1000:.0f} kB, {result['origin']['seed']}, {result['losses']}")


if __name__ == "__main__":
    main()
