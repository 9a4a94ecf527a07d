import { setImmediate as nextRound } from "node:timers/promises";
import { expect, test } from "vitest";
import { firstTurn, noteConnection } from "./turns.ts";

test("one piece of work has a turn in each round of the event loop, in the order of their coming", async () => {
  let round = 0;
  let isOver = false;
  const counter = (async () => {
    for (; !isOver; round++) await nextRound();
  })();
  const rounds: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async (_, k) => {
      await firstTurn();
      rounds[k] = round;
    }),
  );
  isOver = true;
  await counter;
  expect(rounds[0]).toBe(0);
  expect(new Set(rounds).size).toBeGreaterThanOrEqual(19);
  expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
});

test("alone it has its turn at once, again and again", async () => {
  for (let time = 0; time < 3; time++) {
    await nextRound();
    await nextRound();
    let isRound = false;
    setImmediate(() => (isRound = true));
    await firstTurn();
    expect(isRound).toBe(false);
  }
});

test("rounds in which clients connect have no turn, but not for ever", async () => {
  let round = 0;
  let isDone = false;
  const clients = (async () => {
    for (; !isDone; round++) {
      noteConnection();
      await nextRound();
    }
  })();
  await firstTurn();
  isDone = true;
  await clients;
  expect(round).toBeGreaterThan(60);
  expect(round).toBeLessThan(70);
});
