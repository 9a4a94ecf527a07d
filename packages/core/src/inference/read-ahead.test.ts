import { expect, test } from "vitest";
import { readAhead } from "./read-ahead.ts";

/** Yields 0 to count − 1 and notes what happens. */
async function* counting(count: number, notes: string[], failure?: Error): AsyncGenerator<number> {
  try {
    for (let value = 0; value < count; value++) {
      notes.push(`read ${value}`);
      yield value;
    }
    if (failure !== undefined) throw failure;
  } finally {
    notes.push("closed");
  }
}

const pause = async (): Promise<void> => new Promise((done) => setImmediate(done));

test("values come in order, and no more than the limit are read ahead", async () => {
  const found: number[] = [];
  const notes: string[] = [];
  let most = 0;
  for await (const value of readAhead(counting(9, notes), 2)) {
    await pause();
    found.push(value);
    most = Math.max(most, notes.filter((note) => note.startsWith("read")).length - found.length);
  }
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(most).toBe(2);
});

test("a value is passed on while the next one is still awaited", async () => {
  let arrive = (): void => undefined;
  const late = new Promise<void>((done) => (arrive = done));
  const slow = async function* (): AsyncGenerator<string> {
    yield "first";
    await late;
    yield "second";
  };
  const values = readAhead(slow(), 2);
  expect(await values.next()).toEqual({ done: false, value: "first" });
  arrive();
  expect(await values.next()).toEqual({ done: false, value: "second" });
  expect(await values.next()).toEqual({ done: true, value: undefined });
});

test("an error comes after the values before it", async () => {
  const found: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const value of readAhead(counting(3, [], new RangeError("broken")), 2)) found.push(value);
  };
  await expect(reading()).rejects.toThrow("broken");
  expect(found).toEqual([0, 1, 2]);
});

test("a consumer that stops closes the source, and does not wait for a read under way", async () => {
  const notes: string[] = [];
  for await (const value of readAhead(counting(100, notes), 2)) if (value === 1) break;
  await pause();
  expect(notes.at(-1)).toBe("closed");
  expect(notes.length).toBeLessThan(8);
  const never = async function* (): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => undefined);
  };
  for await (const value of readAhead(never(), 2)) if (value === 1) break;
});
