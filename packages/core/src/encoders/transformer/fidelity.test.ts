import { providers } from "@weft-nlp/tensor";
import { describeTransformers } from "../../testing/describe-transformers.ts";

// The native kernels have the same tests in test/e2e/transformer-kernels.test.ts.
describeTransformers(providers.filter((provider) => provider.isAvailable()).map(({ build }) => build));
