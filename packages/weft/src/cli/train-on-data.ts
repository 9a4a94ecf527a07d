import { join } from "node:path";
import { textTable } from "@weft-nlp/draw";
import { exists } from "@weft-nlp/node/files";
import { type ProjectEvent, type TriedEvent, trainProject } from "@weft-nlp/node/recipe";
import type { CommandContext } from "./command.ts";
import type { trainCommand } from "./commands/train-command.ts";
import type { InputOf } from "./declaration.ts";
import { kernelsNote } from "./kernels-note.ts";
import { projectText } from "./project-words.ts";
import { runFolderFor } from "./run-folder.ts";
import { jsonEvent } from "./run-json.ts";
import { RunView } from "./run-view.ts";
import { nextStep, printScores, stoppedWords } from "./trained-words.ts";
import { count } from "./words.ts";

/** `weft train DATA`: everything from data to a calibrated model. */
export async function trainOnData(
  inputs: readonly string[],
  { budget, format, seed = 1, ...options }: Omit<InputOf<typeof trainCommand>, "sources">,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context;
  const folder = options.run ?? runFolderFor(inputs, seed);
  const reading = { format, signal };
  const events = trainProject({ ...options, inputs, folder, seed, budgetMs: budget, reading, signal });
  if (terminal.json) {
    for await (const event of events) {
      const value = jsonProjectEvent(event);
      if (value !== undefined) await terminal.print(JSON.stringify(value));
    }
    return;
  }
  const note = kernelsNote(options);
  if (note !== undefined) terminal.say(note);
  await new ProjectView(folder, context).show(events);
}

function jsonProjectEvent(event: ProjectEvent): unknown {
  if (event.kind === "event") {
    const inner = jsonEvent(event.event);
    return inner === undefined ? undefined : { ...(inner as object), run: event.run };
  }
  if (event.kind === "planned") {
    const { facts, recipe, data } = event.plan;
    return { kind: event.kind, facts, choices: recipe.choices, data };
  }
  if (event.kind === "run") return { kind: event.kind, run: event.run, folder: event.folder };
  return "model" in event ? { ...event, model: undefined } : event;
}

class ProjectView {
  readonly #folder: string;
  readonly #context: CommandContext;
  readonly #tried: TriedEvent[] = [];
  #view: RunView | undefined;

  constructor(folder: string, context: CommandContext) {
    this.#folder = folder;
    this.#context = context;
  }

  async show(events: AsyncIterable<ProjectEvent>): Promise<void> {
    const { terminal, signal } = this.#context;
    try {
      for await (const event of events) await this.#one(event);
    } catch (error) {
      this.#view?.stop();
      const usable = await exists(join(this.#folder, "model", "config.json"));
      if (signal.aborted && usable) terminal.say(stoppedWords(this.#folder));
      throw error;
    } finally {
      this.#view?.stop();
    }
  }

  async #one(event: ProjectEvent): Promise<void> {
    const { terminal } = this.#context;
    if (event.kind === "planned") {
      const { plan, planned } = event;
      if (planned === undefined) return terminal.say(`resuming the training in ${this.#folder}`);
      await terminal.print(projectText({ ...planned, choices: plan.recipe.choices }, terminal));
      terminal.say(`\nconfiguration in ${planned.config}`);
    } else if (event.kind === "run") {
      this.#view?.stop();
      const { data, model } = event.config;
      const title = titles[event.run] ?? `trying ${event.run}`;
      terminal.say(
        `\n${terminal.errorStyle("bold", title)}: ${model.name}, up to ${count(event.config.training.epochs, "epoch")}`,
      );
      const brief = event.run !== "chosen";
      this.#view = new RunView(terminal, { label: event.run, train: data.train, model: model.name, brief });
    } else if (event.kind === "event") this.#view?.show(event.event);
    else if (event.kind === "search") {
      const runs = event.rungs.map(({ runs: amount, share }) => `${amount} for ${Math.round(100 * share)} % of the epochs`);
      if (runs.length > 0) terminal.say(`\nsearching settings and seeds, chosen on dev: ${runs.join(", then ")}`);
      else terminal.say("\nthe budget is too short for another training");
    } else if (event.kind === "tried") this.#tried.push(event);
    else if (event.kind === "budget-over") terminal.say("the budget is over");
    else if (event.kind === "uncalibrated") terminal.say(`not calibrated: ${event.reason}`);
    else if (event.kind === "calibrated") {
      const { before, after, protocol } = event.report;
      const points = (f1: number): string => (100 * f1).toFixed(1);
      terminal.say(`\ncalibrated on dev: ${protocol} F1 ${points(before.score.f1)} → ${points(after.score.f1)}`);
    } else if (event.kind === "finished") await this.#finished(event);
  }

  async #finished({ kept, dev, test, model, page, advice }: Extract<ProjectEvent, { kind: "finished" }>): Promise<void> {
    const { terminal } = this.#context;
    const folder = this.#folder;
    if (this.#tried.length > 0) await terminal.print(`\n${triedTable(this.#tried, terminal.width)}`);
    await printScores([dev, test], terminal);
    const lines = [
      `the best on dev is ${kept.run} in epoch ${kept.epoch}: its model is ${join(folder, "model")}`,
      `mistakes, sentence by sentence: ${page}`,
      `use it: ${nextStep(model, folder)}`,
      `        weft serve ${folder}`,
      ...advice.map((line, index) => `${index === 0 ? "what would help most:" : "                     "} ${line}`),
    ];
    terminal.say(`\n${lines.join("\n")}`);
  }
}

const titles: Readonly<Record<string, string>> = {
  quick: "a small model first",
  chosen: "the chosen model",
};

function triedTable(tried: readonly TriedEvent[], width: number): string {
  const points = (f1: number | undefined): string => (f1 === undefined ? "" : (100 * f1).toFixed(1));
  const rows = tried.map(({ settings, seed, epochs, best }) => {
    const changes = Object.entries(settings).map(
      ([path, value]) => `${path}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return [
      changes.length === 0 ? "as chosen" : changes.join(" "),
      String(seed),
      String(epochs),
      best === undefined ? "failed" : points(best.score),
      points(best?.entities),
    ];
  });
  return textTable(["tried", "seed", "epochs", "F1 on dev", "entities"], rows, { width });
}
