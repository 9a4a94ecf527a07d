import { bestBuild, kernelMark, providers } from "@weft-nlp/tensor";
import { prepareKernels } from "../../packages/node/dist/workers/prepare-kernels.js";

/**
 * The builds of `--kernels NAME[,NAME]`. A build that this machine cannot run has `skip`, the
 * reason.
 *
 * @param {string | undefined} asked defaults to the build that Weft itself would choose
 * @returns {{ build: string, label: string, isWasm?: boolean, mark?: string, skip?: string }[]}
 */
export function chosenBuilds(asked) {
  prepareKernels();
  return (asked ?? bestBuild()).split(",").map(describeBuild);
}

/** The builds of `--kernels`, or all that run here but `plain`, the slow twin for tests. */
export function allBuilds(asked) {
  prepareKernels();
  const running = providers.filter((provider) => provider.build !== "plain" && provider.isAvailable());
  return (asked?.split(",") ?? running.map(({ build }) => build)).map(describeBuild);
}

function describeBuild(build) {
  const provider = providers.find((one) => one.build === build);
  const names = providers.map((one) => one.build).join(", ");
  if (provider === undefined) return { build, label: build, skip: `no such kernels here; there are ${names}` };
  if (!provider.isAvailable()) return { build, label: build, skip: "this machine cannot run these kernels" };
  const mark = kernelMark(build);
  return {
    build,
    label: mark.replace(/[0-9a-f]{16,}/g, (digest) => digest.slice(0, 8)),
    isWasm: provider.name.startsWith("wasm"),
    mark,
  };
}
