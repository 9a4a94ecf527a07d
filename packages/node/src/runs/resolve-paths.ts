import type { TrainConfig } from "@weft-nlp/core/training";
import type { ConfigFile } from "../files/config-file.ts";
import { resolveVectors } from "./locate-vectors.ts";

/** The configuration with every path made absolute, so that it works from any folder. */
export function resolvePaths(file: ConfigFile<TrainConfig>): TrainConfig {
  const { data, vectors, init } = file.value;
  return {
    ...file.value,
    data: {
      train: file.resolvePath(data.train, ["data", "train"]),
      dev: file.resolvePath(data.dev, ["data", "dev"]),
      ...(data.trainSentences === undefined ? {} : { trainSentences: data.trainSentences }),
      ...(data.test === undefined ? {} : { test: file.resolvePath(data.test, ["data", "test"]) }),
    },
    vectors: resolveVectors(vectors, file.resolvePath(vectors, ["vectors"])),
    ...(init === undefined ? {} : { init: file.resolvePath(init, ["init"]) }),
  };
}

/**
 * The last two names of a path: enough to distinguish data sets, without details of the machine.
 */
export function shortPath(path: string): string {
  return path.split(/[\\/]/).slice(-2).join("/");
}
