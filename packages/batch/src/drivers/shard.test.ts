import { expect, test } from "vitest";
import { arrayPart } from "./shard.ts";

test.each([
  ["3/20", {}, { index: 3, of: 20 }],
  ["20", { JOB_COMPLETION_INDEX: "0" }, { index: 0, of: 20 }],
  ["20", { SLURM_ARRAY_TASK_ID: "7" }, { index: 7, of: 20 }],
  ["auto", { SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_COUNT: "12" }, { index: 6, of: 12 }],
  [
    "auto",
    { SLURM_ARRAY_TASK_ID: "10", SLURM_ARRAY_TASK_MIN: "2", SLURM_ARRAY_TASK_STEP: "4", SLURM_ARRAY_TASK_COUNT: "5" },
    { index: 2, of: 5 },
  ],
] as const)("--shard %s in %j is one part of the array", (text, environment, part) => {
  expect(arrayPart(text, environment)).toEqual(part);
});

test.each([
  ["20/20", {}, "there is no part 20 of 20"],
  ["0/0", {}, "there is no part 0 of 0"],
  ["half", {}, "expected i/n, n or auto"],
  ["20", {}, "needs JOB_COMPLETION_INDEX (Kubernetes) or SLURM_ARRAY_TASK_ID"],
  ["auto", { JOB_COMPLETION_INDEX: "3" }, "Kubernetes does not say how many parts there are"],
  ["auto", { SLURM_ARRAY_TASK_ID: "9", SLURM_ARRAY_TASK_COUNT: "5" }, "there is no part 9 of 5"],
] as const)("--shard %s in %j is refused", (text, environment, message) => {
  expect(() => arrayPart(text, environment)).toThrow(message);
});
