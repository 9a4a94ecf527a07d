import { beforeAll, expect, test } from "vitest";
import type { Prediction } from "../metrics/index.ts";
import type { Example } from "../models/index.ts";
import { rinSettings } from "../models/rin/rin-settings.ts";
import { charSpan, type Document, notesOf, validateDocument, withNotes } from "../schema/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { documentFromText } from "../text/index.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { type BuiltModel, buildModel } from "./built-model.ts";
import { type ExtractOptions, extract, type LongSentence, type Predict } from "./extract.ts";
import { defaultWindow } from "./windows.ts";

let built: BuiltModel;
beforeAll(() => {
  built = buildModel({
    name: "rin",
    settings: rinSettings.parse({ rounds: 0, inputs: { words: { size: 2 } }, hiddenSize: 2 }),
    lexicon: buildLexicon(eightSentences, lexiconSettings.parse({})),
    threshold: 0.5,
  });
});

/**
 * A stand-in for a network: the first and the last word are entities, and the first is before the
 * last.
 */
const firstAndLast = ({ length }: Example): Prediction =>
  length < 2
    ? { entities: [], relations: [] }
    : {
        entities: [
          { start: 0, end: 1, type: "FIRST", confidence: 0.9 },
          { start: length - 1, end: length, type: "LAST", confidence: 0.4 },
        ],
        relations: [
          { head: 0, tail: 1, type: "before", confidence: 0.8 },
          { head: 0, tail: 0, type: "is", confidence: 0.7 },
        ],
      };

function recording(): { predict: Predict; calls: number[][] } {
  const calls: number[][] = [];
  return {
    calls,
    predict: async (examples) => {
      calls.push(examples.map(({ length }) => length));
      return examples.map(firstAndLast);
    },
  };
}

async function run(
  documents: Iterable<Document>,
  options: ExtractOptions = {},
  predict = recording().predict,
): Promise<Document[]> {
  const found: Document[] = [];
  for await (const document of extract(built, documents, { ...options, predict })) found.push(document);
  return found;
}

const surfaces = (document: Document): string[] =>
  document.entities.map((entity) => {
    const { start, end } = charSpan(document, entity);
    return document.text.slice(start, end);
  });

const texts = ["Ada came home . Bob left Acme", "", "one", "Rome fell . It was late . Nobody saw it"];
const documents = texts.map((text, index) => ({
  ...documentFromText(`d${index}`, text),
  sentences: sentencesAt(text.split(" ")),
}));

function sentencesAt(words: readonly string[]): Document["sentences"] {
  const ends = [...words.keys()].filter((i) => words[i] === "." || (i === words.length - 1 && words[i] !== "")).map((i) => i + 1);
  return ends.map((end, k) => ({ start: ends[k - 1] ?? 0, end }));
}

test("findings in a sentence are converted to tokens of the document", async () => {
  const found = await run(documents);
  expect(found.map(({ id }) => id)).toEqual(["d0", "d1", "d2", "d3"]);
  expect(found.map(surfaces)).toEqual([["Ada", ".", "Bob", "Acme"], [], [], ["Rome", ".", "It", ".", "Nobody", "it"]]);
  expect(found[3]?.relations.map(({ head, tail, type }) => `${head} ${type} ${tail}`)).toEqual([
    "0 before 1",
    "0 is 0",
    "2 before 3",
    "2 is 2",
    "4 before 5",
    "4 is 4",
  ]);
  for (const document of found) validateDocument(document, {});
});

test("the result does not depend on the batch size", async () => {
  const whole = await run(documents);
  for (const batch of [1, 2, 3, 5, 100]) expect(await run(documents, { batch })).toEqual(whole);
});

test("the result does not depend on how far the input is read ahead, and batches are predicted together", async () => {
  const documents = Array.from({ length: 20 }, (_, index) => documentFromText(`d${index}`, `Ada joined Acme ${index}.`));
  const waiting: (() => void)[] = [];
  const together: number[] = [];
  const predict: Predict = async (examples) => {
    const done = new Promise<void>((resolve) => void waiting.push(resolve));
    setImmediate(() => {
      together.push(waiting.length);
      for (const resolve of waiting.splice(0)) resolve();
    });
    await done;
    return examples.map(firstAndLast);
  };
  expect(await run(documents, { batch: 4, ahead: 2 }, predict)).toEqual(await run(documents, { batch: 4 }));
  expect(Math.max(...together)).toBeGreaterThan(1);
});

test("the documents before a failing batch come out, also when batches are read ahead", async () => {
  const documents = Array.from({ length: 12 }, (_, index) => documentFromText(`d${index}`, "Ada joined Acme."));
  for (const ahead of [0, 2]) {
    let calls = 0;
    const predict: Predict = async (examples) => {
      if (++calls === 3) throw new RangeError("no memory");
      return examples.map(firstAndLast);
    };
    const found: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { id } of extract(built, documents, { batch: 3, ahead, predict })) found.push(id);
    };
    await expect(reading()).rejects.toThrow("no memory");
    expect(found).toEqual(["d0", "d1", "d2", "d3", "d4", "d5"]);
  }
});

test("the annotation that came with a document is replaced", async () => {
  const [document] = documents as [Document];
  const annotated = { ...document, entities: [{ start: 1, end: 3, type: "X" }], relations: [{ head: 0, tail: 0, type: "y" }] };
  const found = await run([annotated]);
  expect(found).toEqual(await run([document]));
  const noted = withNotes({ ...annotated, entities: [...annotated.entities, { start: 0, end: 1, type: "X" }] }, [
    { text: "gone", entity: 0 },
    { text: "found as well", entity: 1 },
  ]);
  expect((await run([noted])).flatMap(notesOf)).toEqual([{ text: "gone" }, { text: "found as well", entity: 0 }]);
});

test("a sentence longer than the window is read in overlapping windows and reported", async () => {
  const words = Array.from({ length: 2 * defaultWindow + 1 }, (_, i) => `w${i}`);
  const long = documentFromText("long", words.join(" "), { sentences: "one" });
  const { predict, calls } = recording();
  const told: LongSentence[] = [];
  const [found] = await run([long], { onLongSentence: (sentence) => told.push(sentence) }, predict);
  expect(calls).toEqual([[256, 256, 256]]);
  expect(found && surfaces(found)).toEqual(["w0", "w192", "w255", "w257", "w447", "w512"]);
  expect(told).toEqual([{ document: "long", sentence: 0, tokens: 513, windows: 3, unread: 0 }]);
  const apart = recording();
  await run([long], { window: 200, overlap: 0, batch: 2 }, apart.predict);
  expect(apart.calls.flat()).toEqual([200, 200, 200]);
});

test("a sentence that fits the window is read whole, whatever the overlap", async () => {
  const whole = await run(documents);
  const longest = Math.max(...documents.flatMap(({ sentences }) => sentences.map(({ start, end }) => end - start)));
  const told: LongSentence[] = [];
  for (const overlap of [0, 1, longest - 1]) {
    expect(await run(documents, { window: longest, overlap, onLongSentence: (sentence) => told.push(sentence) })).toEqual(whole);
  }
  expect(told).toEqual([]);
});

test("an overlap as large as the window is refused", async () => {
  for (const wrong of [{ window: 4, overlap: 4 }, { window: 0 }, { window: 4, overlap: -1 }, { window: 2.5 }]) {
    await expect(run(documents, wrong)).rejects.toThrow("SETTING_INVALID");
  }
});

test("a document with very many sentences is handled", async () => {
  const words = Array.from({ length: 150_000 }, () => "x");
  const tokens = words.map((text, i) => ({ text, start: 2 * i, end: 2 * i + 1 }));
  const document: Document = {
    ...(documents[1] as Document),
    text: words.join(" "),
    tokens,
    sentences: tokens.map((_, i) => ({ start: i, end: i + 1 })),
  };
  expect((await run([document]))[0]?.entities).toEqual([]);
});

test("findings below the minimum confidence are dropped, and relations with their arguments", async () => {
  const [document] = documents as [Document];
  const at = async (minConfidence: number): Promise<string[]> => {
    const [found] = await run([document], { minConfidence });
    expect(found).toBeDefined();
    if (found !== undefined) validateDocument(found, {});
    return [
      ...(found?.entities.map(({ type }) => type ?? "") ?? []),
      ...(found?.relations.map(({ head, tail, type }) => `${head} ${type} ${tail}`) ?? []),
    ];
  };
  expect(await at(0.3)).toHaveLength(8);
  expect(await at(0.5)).toEqual(["FIRST", "FIRST", "0 is 0", "1 is 1"]);
  expect(await at(0.75)).toEqual(["FIRST", "FIRST"]);
  expect(await at(0.95)).toEqual([]);
});

test("the threshold defaults to the model's own", async () => {
  const seen: unknown[] = [];
  const predict: Predict = async (examples, { threshold }) => {
    seen.push(threshold);
    return examples.map(firstAndLast);
  };
  await run(documents, {}, predict);
  await run(documents, { threshold: { before: 0.1 } }, predict);
  expect(seen).toEqual([0.5, { before: 0.1 }]);
});

test.each([
  ["documents", documents[0] as Document],
  ["documents without a sentence", documents[1] as Document],
])("a stream of %s is read at most one batch ahead", async (_, document) => {
  let read = 0;
  function* endless(): Generator<Document> {
    for (;;) {
      read++;
      yield document;
    }
  }
  let furthest = 0;
  let taken = 0;
  for await (const found of extract(built, endless(), { batch: 16, predict: recording().predict })) {
    expect(found.id).toBe(document.id);
    taken++;
    furthest = Math.max(furthest, read - taken);
    if (taken === 500) break;
  }
  expect(furthest).toBeLessThanOrEqual(16);
});

test("a signal stops the stream before or during it, and the source is closed", async () => {
  await expect(run(documents, { signal: AbortSignal.abort(new Error("not even begun")) })).rejects.toThrow("not even begun");
  const controller = new AbortController();
  let closed = false;
  async function* endless(): AsyncGenerator<Document> {
    try {
      for (;;) yield documents[0] as Document;
    } finally {
      closed = true;
    }
  }
  let taken = 0;
  const reading = (async () => {
    for await (const _ of extract(built, endless(), { batch: 4, signal: controller.signal, predict: recording().predict })) {
      if (++taken === 10) controller.abort(new Error("enough"));
    }
  })();
  await expect(reading).rejects.toThrow("enough");
  expect(taken).toBeLessThan(20);
  expect(closed).toBe(true);
});
