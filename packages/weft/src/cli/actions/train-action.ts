import { basename, join } from "node:path";
import type { Omission } from "@weft-nlp/core";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { readConfig } from "@weft-nlp/node/files";
import { type DoneEvent, loggedForm, type RunEvent, resolvePaths, trainRun, vectorsLines } from "@weft-nlp/node/runs";
import { bestWords, nothingRight } from "../best-words.ts";
import type { CommandContext, Handler } from "../command.ts";
import type { trainCommand } from "../commands/train-command.ts";
import { FeaturesProgress } from "../features-progress.ts";
import { kernelsNote } from "../kernels-note.ts";
import { otherKernelsWarning } from "../other-kernels-warning.ts";
import type { ProgressBar } from "../progress-bar.ts";
import { scoreTable } from "../score-table.ts";
import { count, whole } from "../words.ts";

export const run: Handler<typeof trainCommand> = async (context, { config: path, ...options }) => {
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const config = await readConfig(path, trainConfigSchema(), [...options.set, ...seed]);
  const folder = options.run ?? join("runs", `${basename(path).replace(/\.ya?ml$/, "")}-${config.value.seed}`);
  const resolved = resolvePaths(config);
  const events = trainRun({
    ...options,
    config: resolved,
    folder,
    signal: context.signal,
  });
  if (context.terminal.json) return printEvents(events, context);
  const note = kernelsNote(options);
  if (note !== undefined) context.terminal.say(note);
  await showEvents(events, folder, resolved.data, context);
};

async function printEvents(events: AsyncIterable<RunEvent>, { terminal }: CommandContext): Promise<void> {
  for await (const event of events) {
    const logged = event.kind === "evaluation" || event.kind === "step" ? loggedForm(event) : undefined;
    if (logged !== undefined) await terminal.print(JSON.stringify(logged));
    else if (event.kind === "start") await terminal.print(JSON.stringify(event));
    else if (event.kind !== "checkpoint") await terminal.print(JSON.stringify({ ...event, model: undefined }));
  }
}

async function showEvents(
  events: AsyncIterable<RunEvent>,
  folder: string,
  data: { readonly train: string },
  { terminal }: CommandContext,
): Promise<void> {
  let bar: ProgressBar | undefined;
  let steps = 0;
  let label = "training";
  const features = new FeaturesProgress(terminal);
  let best = "";
  let found = false;
  try {
    for await (const event of events) {
      if (event.kind === "vectors") {
        terminal.say(event.name === undefined ? `no word vectors: ${event.reason}` : `reading word vectors from ${event.name} …`);
      } else if (event.kind === "start") {
        steps = event.steps;
        best = "";
        terminal.say(
          `${event.part === undefined ? "" : `${event.part}: `}${count(event.train, "sentence")} to learn from, ${whole(event.dev)} in dev · ${whole(event.words)} words, ` +
            `${event.tags} tags, ${count(event.relations, "relation type")} · ${whole(event.parameters)} parameters, ${event.build} kernels`,
        );
        if (event.otherKernels !== undefined) terminal.say(`warning: ${otherKernelsWarning(event.otherKernels)}`);
        if (event.pairs !== undefined) {
          const { positive, negative, filtered, sampledOut } = event.pairs;
          terminal.say(
            `${count(positive, "pair")} with a relation, ${whole(negative)} without; omitted: ${whole(filtered)} whose entity types ` +
              `have no relation in training, ${whole(sampledOut)} by the requested ratio`,
          );
        }
        if (event.vectors !== undefined) {
          const [what, ...coverage] = vectorsLines(event.vectors);
          terminal.say(`word vectors: ${what}; ${coverage.join(", ")}`);
        }
        sayOmissions(event.omissions, "of the training data cannot be learnt", terminal);
        sayOmissions(event.devOmissions, "of dev cannot be found by this model and count as missed", terminal);
        label = event.part === undefined ? "training" : `training the ${event.part}`;
        bar = terminal.progress(label, steps);
      } else if (event.kind === "features") {
        bar?.stop();
        bar = features.update(event) ? terminal.progress(label, steps) : undefined;
      } else if (event.kind === "step") {
        bar?.update(event.step, `epoch ${event.epoch} · loss ${event.loss.toFixed(3)}${best}`);
      } else if (event.kind === "evaluation" && event.improved) {
        best = ` · ${bestWords(event)}`;
        found = event.score > 0;
      } else if (event.kind === "part" || event.kind === "end") {
        bar?.stop();
        // The end of the last part needs no line.
        if (bar === undefined) continue;
        bar = undefined;
        terminal.say(
          `${event.reason === "patience" ? "stopped early, since no epoch was better for a while," : "done"} after ${count(event.epoch, "epoch")}${found ? best : ""}`,
        );
        const warning = event.best === undefined ? undefined : nothingRight(event.best, data);
        if (warning !== undefined) terminal.say(warning);
      } else if (event.kind === "done") {
        await showScores(event, folder, terminal);
      }
    }
  } finally {
    features.stop();
    bar?.stop();
  }
}

function sayOmissions(omissions: readonly Omission[], what: string, terminal: CommandContext["terminal"]): void {
  const [first] = omissions;
  if (first === undefined) return;
  terminal.say(`${count(omissions.length, "annotation")} ${what}, first in ${first.source} ${first.path}: ${first.reason}`);
}

async function showScores({ model, dev, test }: DoneEvent, folder: string, terminal: CommandContext["terminal"]): Promise<void> {
  for (const report of [dev, test]) {
    if (report === undefined) continue;
    await terminal.print(`\n${terminal.style("bold", report.split ?? "")}\n${scoreTable(report, terminal)}`);
  }
  terminal.say(`\nmodel in ${join(folder, "model")}, curves in ${join(folder, "score.svg")}; next: ${nextStep(model, folder)}`);
}

/** Suggests the next command. A model that needs entities finds nothing in plain text. */
function nextStep({ definition: { capabilities } }: DoneEvent["model"], folder: string): string {
  if (!capabilities.needsGoldEntities) return `weft extract ${folder} TEXT`;
  return (
    `weft extract ${folder} DATA.jsonl, where entities are marked; to find them in plain text too, train a pipeline ` +
    "(model.name: pipeline), with this model's settings under model.classifier"
  );
}
