import { WorkerError } from "@weft-nlp/node";
import { expect, test } from "vitest";
import { RequestError } from "../errors.ts";
import { errorReply } from "./error-reply.ts";

test("a request that is too large for a model's memory is no defect, and its answer says what to send", () => {
  const cause = Object.assign(new Error("no room for 5000 MiB of linear memory"), { code: "MEMORY_EXHAUSTED" });
  expect(errorReply(cause)).toMatchObject({ status: 413, body: { error: { code: "REQUEST_TOO_LARGE" } } });
});

test("words of what is no error of ours, and of how a thread ended, stay here", () => {
  const place = "/a/place/of/this/machine";
  const lost = new WorkerError("WORKER_LOST", { message: `cannot find ${place}`, hint: "ask again" });
  for (const error of [new Error(place), Object.assign(new Error(place), { code: "ENOENT" }), place, lost]) {
    const reply = errorReply(error);
    expect(reply.status).toBe(500);
    expect(JSON.stringify(reply)).not.toContain(place);
  }
});

test("who is to come again is told after how many seconds, where that is known and where it is not", () => {
  const refused = (retryMs?: number) => errorReply(new RequestError("OVERLOADED", { message: "full", retryMs })).retryAfter;
  expect([undefined, -5, 0.2, 1000, 20_100].map(refused)).toEqual([1, 1, 1, 1, 21]);
  expect(errorReply(new RequestError("REQUEST_INVALID", { message: "no" })).retryAfter).toBeUndefined();
});
