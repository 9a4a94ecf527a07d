import type { Omission } from "@weft-nlp/core";
import { type RunEvent, vectorsLines } from "@weft-nlp/node/runs";
import { bestWords, nothingRight } from "./best-words.ts";
import { FeaturesProgress } from "./features-progress.ts";
import { otherKernelsWarning } from "./other-kernels-warning.ts";
import type { ProgressBar } from "./progress-bar.ts";
import { ratioText } from "./progress-view.ts";
import type { Terminal } from "./terminal.ts";
import { count, whole } from "./words.ts";

/** Shows the events of one run to people: what it begins with, a bar, and how it ended. */
export class RunView {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #about: { readonly train: string; readonly model: string };
  readonly #features: FeaturesProgress;
  #bar: ProgressBar | undefined;
  #barLabel = "";
  #steps = 0;
  #best = "";
  #risk = "";
  readonly #brief: boolean;

  constructor(
    terminal: Terminal,
    options: {
      /** The word for the bar; defaults to "training". */
      readonly label?: string;
      /** The path of the training data and the name of the model, for advice. */
      readonly train: string;
      readonly model: string;
      /** Omits what a run begins with and advice, as for one of several on the same data. */
      readonly brief?: boolean;
    },
  ) {
    const { label = "training", train, model, brief = false } = options;
    this.#terminal = terminal;
    this.#label = label;
    this.#about = { train, model };
    this.#brief = brief;
    this.#features = new FeaturesProgress(terminal);
  }

  show(event: RunEvent): void {
    const terminal = this.#terminal;
    if (event.kind === "notice") terminal.say(`warning: ${event.message}`);
    else if (event.kind === "repaired") terminal.say(`warning: ${event.file}: ${event.what}`);
    else if (event.kind === "vectors") {
      if (this.#brief) return;
      terminal.say(event.name === undefined ? `no word vectors: ${event.reason}` : `reading word vectors from ${event.name} …`);
    } else if (event.kind === "start") {
      this.#steps = event.steps;
      this.#best = "";
      this.#risk = "";
      if (!this.#brief) this.#sayStart(event);
      this.#barLabel = event.part === undefined ? this.#label : `${this.#label} the ${event.part}`;
      this.#bar = terminal.progress(this.#barLabel, this.#steps);
    } else if (event.kind === "features") {
      this.#bar?.stop();
      this.#bar = this.#features.update(event) ? terminal.progress(this.#barLabel, this.#steps) : undefined;
    } else if (event.kind === "step") {
      if (event.riskRatio !== undefined) this.#risk = ` · risk ÷ local gradient ${ratioText(event.riskRatio)}`;
      this.#bar?.update(event.step, `epoch ${event.epoch} · loss ${event.loss.toFixed(3)}${this.#risk}${this.#best}`);
    } else if (event.kind === "evaluation" && event.improved) {
      this.#best = ` · ${bestWords(event)}`;
    } else if (event.kind === "part" || event.kind === "end") {
      this.#bar?.stop();
      // The end of the last part needs no line.
      if (this.#bar === undefined) return;
      this.#bar = undefined;
      const { best } = event;
      const words = best === undefined || best.score === 0 ? "" : ` · ${bestWords(best)}`;
      terminal.say(
        `${event.reason === "patience" ? "stopped early, since no epoch was better for a while," : "done"} after ${count(event.epoch, "epoch")}${words}${this.#risk}`,
      );
      const warning = this.#brief || best === undefined ? undefined : nothingRight(best, this.#about);
      if (warning !== undefined) terminal.say(warning);
    }
  }

  stop(): void {
    this.#features.stop();
    this.#bar?.stop();
  }

  #sayStart(event: Extract<RunEvent, { kind: "start" }>): void {
    const terminal = this.#terminal;
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
  }
}

function sayOmissions(omissions: readonly Omission[], what: string, terminal: Terminal): void {
  const [first] = omissions;
  if (first === undefined) return;
  terminal.say(`${count(omissions.length, "annotation")} ${what}, first in ${first.source} ${first.path}: ${first.reason}`);
}
