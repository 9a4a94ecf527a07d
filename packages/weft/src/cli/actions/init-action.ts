import { dirname, join } from "node:path";
import { FileError } from "@weft-nlp/node/errors";
import { exists } from "@weft-nlp/node/files";
import { writeProject } from "@weft-nlp/node/recipe";
import type { Handler } from "../command.ts";
import type { initCommand } from "../commands/init-command.ts";
import { projectText } from "../project-words.ts";
import { count } from "../words.ts";
import { trainOnConfig } from "./train-action.ts";

export const run: Handler<typeof initCommand> = async (context, { data: inputs, ...options }) => {
  const { terminal, signal } = context;
  const { output, force } = options;
  if (!force && (await exists(output))) {
    throw new FileError("OUTPUT_EXISTS", {
      at: { source: output },
      message: "the configuration already exists",
      hint: "name another file with -o, or replace it with --force",
    });
  }
  const folder = options.dataFolder ?? join(dirname(output), "data");
  const written = await writeProject(
    inputs,
    { config: output, data: folder, force },
    { ...options, reading: { format: options.format, signal } },
  );
  const { project, recipe, data } = written;
  const { choices, settings } = recipe;
  if (terminal.json) {
    const { plan, shares, bySentence } = data.split ?? {};
    const split = plan === undefined ? null : { shares, bySentence, sizes: plan.sizes, types: plan.types };
    return terminal.printJson({
      ...{ inputs: project.parts, formats: project.formats, facts: project.facts, problems: project.check.problems },
      ...{ data: { train: data.train, dev: data.dev, test: data.test ?? null }, split, choices, settings, config: output },
    });
  }
  await terminal.print(projectText({ project, data, choices }, terminal));
  if (data.omissions.length > 0) terminal.say(`${count(data.omissions.length, "annotation")} could not be carried over`);
  terminal.say(`\n${output} written; next: weft train ${output}`);
  if (!(await terminal.confirm("train now?"))) return;
  await trainOnConfig(output, trainOptions(options.plugin), context);
};

/** The options of `weft train` with their defaults. */
function trainOptions(plugin: readonly string[]): Parameters<typeof trainOnConfig>[1] {
  return {
    ...{ set: [], run: undefined, seed: undefined, threads: undefined, kernels: undefined, deterministic: false },
    ...{ resume: false, withEncoder: false, checkpointSeconds: 5, plugin, json: false, quiet: false },
    ...{ skipInvalid: false, budget: undefined, entities: undefined, encoder: undefined, format: undefined },
  };
}
