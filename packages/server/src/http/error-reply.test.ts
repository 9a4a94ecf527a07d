import { WorkerError } from "@weft-nlp/node";
import { expect, test } from "vitest";
import { RequestError } from "../errors.ts";
import { errorReply } from "./error-reply.ts";

test("a request too large for a model's memory is not a defect, and its answer says what to send", () => {
  const cause = Object.assign(new Error("no room for 5000 MiB of linear memory"), { code: "MEMORY_EXHAUSTED" });
  expect(errorReply(cause)).toMatchObject({ status: 413, body: { error: { code: "REQUEST_TOO_LARGE" } } });
});

test("foreign errors, and the reason why a thread ended, are not disclosed", () => {
  const place = "/a/place/of/this/machine";
  const lost = new WorkerError("WORKER_LOST", { message: `cannot find ${place}`, hint: "ask again" });
  for (const error of [new Error(place), Object.assign(new Error(place), { code: "ENOENT" }), place, lost]) {
    const reply = errorReply(error);
    expect(reply.status).toBe(500);
    expect(JSON.stringify(reply)).not.toContain(place);
  }
});

test("a busy answer names the seconds until a retry, whether or not they are known", () => {
  const refused = (retryMs?: number) => errorReply(new RequestError("OVERLOADED", { message: "full", retryMs })).retryAfter;
  expect([undefined, -5, 0.2, 1000, 20_100].map(refused)).toEqual([1, 1, 1, 1, 21]);
  expect(errorReply(new RequestError("REQUEST_INVALID", { message: "no" })).retryAfter).toBeUndefined();
});
