import { expect, test } from "vitest";
import { roundConfidence } from "./confidence.ts";

test.each([
  [0.123_456_789, 0.123_457],
  [0.999_999_9, 1],
  [1e-9, 0],
  [0.5, 0.5],
])("%f is written as %f", (confidence, written) => expect(roundConfidence(confidence)).toBe(written));
