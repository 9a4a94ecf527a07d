import { mapEncoders } from "@weft-nlp/core/encoders";
import type { TrainConfig } from "@weft-nlp/core/training";
import type { ConfigFile } from "../files/config-file.ts";
import { resolveVectors } from "./locate-vectors.ts";

/** The configuration with every path made absolute, so that it works from any folder. */
export function resolvePaths(file: ConfigFile<TrainConfig>): TrainConfig {
  const { data, vectors, init } = file.value;
  const { train, dev, test, ...others } = data;
  const model = mapEncoders(file.value.model, ({ path, ...reference }, place) => ({
    ...reference,
    ...(path === undefined ? {} : { path: file.resolvePath(path, ["model", ...place, "path"]) }),
  }));
  return {
    ...file.value,
    model,
    data: {
      train: file.resolvePath(train, ["data", "train"]),
      dev: file.resolvePath(dev, ["data", "dev"]),
      ...others,
      ...(test === undefined ? {} : { test: file.resolvePath(test, ["data", "test"]) }),
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
