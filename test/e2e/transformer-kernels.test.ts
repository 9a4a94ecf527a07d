import { providers } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { describeTransformers } from "../../packages/core/src/testing/describe-transformers.ts";
import { prepareKernels } from "../../packages/node/src/workers/prepare-kernels.ts";

const { missingNative } = prepareKernels();
const builds = providers.filter(({ build }) => build === "native" || build === "relaxed").map(({ build }) => build);

test("the native kernels are tested wherever they load", () => {
  expect(builds.includes("native")).toBe(missingNative === undefined);
});

describeTransformers(builds);
