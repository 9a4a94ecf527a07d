import { basename, resolve } from "node:path";
import { pyTorchEnvironment } from "./pytorch.mjs";

/** What `--against` does, for the lists of options. */
export const againstOption = "another built checkout with this bench folder; its WebAssembly builds run too";

/**
 * The cases of our side: one for each kernel build, here and in another checkout.
 *
 * @param {object} given
 * @param given.builds what `chosenBuilds` returned
 * @param given.against the folder of the other checkout, if any
 * @param given.work what is done, in words; the same for every number of cores
 * @param given.script its name in bench/weft
 * @param given.variants each with a name, "" if there is only one, and arguments of its own
 */
export function ourCases({ builds, against, work, cores, script, args, variants = [{ name: "", args: [] }] }) {
  return withOther(builds, against).flatMap(({ folder, who, build, label, mark, skip }) =>
    variants.map((variant) => {
      const side = [`${who}, ${label}`, variant.name].filter(Boolean).join(", ");
      return {
        name: `${side}, ${counted(cores, "thread")}`,
        group: groupOf(work, cores),
        command: process.execPath,
        args: [ourScript(folder, script), ...args, ...variant.args, "--build", build, "--workers", cores].map(String),
        facts: { work, cores, side, mark },
        skip,
      };
    }),
  );
}

/** The builds of this checkout, each followed by that of the other one. */
export function withOther(builds, against) {
  return builds.flatMap((one) => {
    const here = { ...one, who: "Weft", folder: resolve(import.meta.dirname, "../..") };
    if (against === undefined || !one.isWasm) return [here];
    return [
      here,
      { ...here, who: `Weft of ${basename(resolve(against))}`, folder: resolve(against), label: one.build, mark: undefined },
    ];
  });
}

export const ourScript = (folder, name) => resolve(folder, "bench/weft", name);

/**
 * The cases of PyTorch: one for each version, variant and layout.
 *
 * @param {object} given
 * @param given.pyTorch what `findPyTorch` returned
 * @param given.variants each with a name, "" if there is only one, and arguments of its own
 * @param given.layouts each with the number of processes and of threads in each
 * @param given.script of bench/peers
 */
export function theirCases({ pyTorch, work, cores, script, args, variants, layouts = [{ processes: 1, threads: cores }] }) {
  const group = groupOf(work, cores);
  if (pyTorch.found.length === 0) return [{ name: "PyTorch", group, skip: pyTorch.reason }];
  return pyTorch.found.flatMap(({ command, version, library }) =>
    variants.flatMap((variant) =>
      layouts.map(({ processes, threads }) => {
        const side = ["PyTorch", version, library, variant.name].filter(Boolean).join(" ");
        const several = processes > 1 ? ["--workers", processes] : [];
        return {
          name: `${side}, ${processes > 1 ? counted(processes, "process") : counted(threads, "thread")}`,
          group,
          command,
          args: [script, ...args, ...variant.args, ...several, "--threads", threads].map(String),
          env: pyTorchEnvironment(threads),
          facts: { work, cores, side },
        };
      }),
    ),
  );
}

const groupOf = (work, cores) => `${work}, ${counted(cores, "core")}`;

const counted = (count, word) => `${count} ${word}${count === 1 ? "" : word.endsWith("s") ? "es" : "s"}`;
