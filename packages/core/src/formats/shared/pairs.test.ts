import { expect, test } from "vitest";
import { DataError } from "../../errors.ts";
import { collectDocuments } from "../format.ts";
import { type ReadPair, readPair, sentencesOfPairs } from "./pairs.ts";
import { documentFromWords } from "./records.ts";

type Given = readonly [words: string, head?: number, tail?: number, type?: string];

async function* records(given: readonly Given[], fault = false): AsyncGenerator<ReadPair & { hasId: boolean }> {
  for (const [index, [words, head = 0, tail, type]] of given.entries()) {
    const plain = documentFromWords(`row-${index}`, [words.split(" ")]);
    const entity = (at: number) => ({ start: at, end: at + 1, type: null });
    const pair = tail === undefined ? undefined : { head: entity(head), tail: entity(tail), type };
    const read = readPair({ line: index + 1 }, () => ({ plain, pair }));
    if (read !== undefined) yield { ...read, hasId: false };
  }
  if (fault) throw new DataError("FIELD_INVALID", { message: "a row is broken" });
}

async function read(given: readonly Given[], maxTokens?: number): Promise<string[]> {
  const { documents } = await collectDocuments(sentencesOfPairs(records(given), maxTokens));
  return documents.map(({ text, relations }) => `${text}: ${relations.map(({ type }) => type).join(" ")}`);
}

const rows: readonly Given[] = [
  ["a b", 0, 1, "r"],
  ["c d", 0, 1, "s"],
  ["alone"],
  ["a b", 1, 0, "t"],
  ["alone"],
  ["a b", 0, 1, "r"],
];

test("the pairs of a sentence come together, in the order of first records; one without a pair stays", async () => {
  expect(await read(rows)).toEqual(["a b: r t", "c d: s", "alone: ", "alone: "]);
});

test("a sentence is passed on when enough tokens are held", async () => {
  expect(await read(rows, 5)).toEqual(["a b: r", "c d: s", "alone: ", "a b: t r", "alone: "]);
});

test("sentences without pairs are passed on at once", async () => {
  let taken = 0;
  async function* counted() {
    for await (const record of records([["one"], ["two"], ["three"]])) {
      taken++;
      yield record;
    }
  }
  for await (const event of sentencesOfPairs(counted())) {
    expect(event).toMatchObject({ kind: "document", document: { id: `row-${taken - 1}` } });
  }
  expect(taken).toBe(3);
});

test("what was read before a fault comes before it", async () => {
  const events = sentencesOfPairs(records(rows.slice(0, 2), true));
  expect((await events.next()).value).toMatchObject({ document: { text: "a b" } });
  expect((await events.next()).value).toMatchObject({ document: { text: "c d" } });
  await expect(events.next()).rejects.toThrow("a row is broken");
});
