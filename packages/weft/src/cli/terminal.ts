import { writeOutput } from "@weft-nlp/node/files";
import cliProgress from "cli-progress";
import { type Style, styleFor } from "./style.ts";

export interface ProgressBar {
  /** @param note a few words after the bar, such as the loss */
  update(done: number, note?: string): void;
  stop(): void;
}

/** The output of a command: data on standard output, everything for people on standard error. */
export interface Terminal {
  readonly json: boolean;
  /** Columns of standard output; 100 if it is not a terminal. */
  readonly width: number;
  /** For text on standard output. */
  readonly style: Style;
  /** For text on standard error. */
  readonly errorStyle: Style;
  /** Prints a text and a line end to standard output. */
  print(text: string): Promise<void>;
  printJson(value: unknown): Promise<void>;
  /** Prints a line for people; silent with --quiet and --json. */
  say(text: string): void;
  /**
   * A progress bar on standard error, removed when done. Silent in pipes, with --quiet and with
   * --json.
   */
  progress(label: string, total: number): ProgressBar;
  /** Several progress bars, one below the other. */
  progressGroup(): ProgressGroup;
}

/** A group of bars. Stopping a bar removes it, and those below it move up. */
export interface ProgressGroup {
  add(label: string, total: number): ProgressBar;
  /** A line for people, above the bars; like `say` if no bars are drawn. */
  say(text: string): void;
  stop(): void;
}

export function openTerminal({ json = false, quiet = false }: { json?: boolean; quiet?: boolean } = {}): Terminal {
  const errorStyle = styleFor(process.stderr);
  const shown = process.stderr.isTTY && !json && !quiet && process.env["TERM"] !== "dumb";
  const say = (text: string): void => {
    if (!json && !quiet) process.stderr.write(`${text}\n`);
  };
  return {
    json,
    width: process.stdout.isTTY ? Math.max(40, Math.min(process.stdout.columns, 140)) : 100,
    style: styleFor(process.stdout),
    errorStyle,
    print: async (text) => writeOutput(`${text}\n`),
    printJson: async (value) => writeOutput(`${JSON.stringify(value, undefined, 2)}\n`),
    say,
    progress: (label, total) => (shown ? drawnBar(label, total, errorStyle) : hiddenBar),
    progressGroup: () => (shown ? drawnGroup(errorStyle) : { add: () => hiddenBar, say, stop: () => undefined }),
  };
}

const hiddenBar: ProgressBar = { update: () => undefined, stop: () => undefined };

/** The look of bars, which leave nothing behind. */
function barOptions(label: string, style: Style): cliProgress.Options {
  return {
    stream: process.stderr,
    format: `${label} ${style("cyan", "{bar}")} {percentage} % ${style("dim", "{eta_formatted} left")} {note}`,
    barCompleteChar: "━",
    barIncompleteChar: "─",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
    fps: framesPerSecond,
    gracefulExit: false,
  };
}

const framesPerSecond = 10;

function drawnBar(label: string, total: number, style: Style): ProgressBar {
  const bar = new cliProgress.SingleBar(barOptions(label, style));
  const settle = restoreAtExit();
  bar.start(total, 0, { note: "" });
  return {
    update: (done, note = "") => bar.update(done, { note }),
    stop: () => {
      bar.update(total);
      bar.stop();
      settle();
    },
  };
}

function drawnGroup(style: Style): ProgressGroup {
  const bars = new cliProgress.MultiBar(barOptions("", style));
  const settle = restoreAtExit();
  // The bar's own timer never fires while a training blocks this thread.
  let drawn = 0;
  const draw = (): void => {
    if (performance.now() - drawn < 1000 / framesPerSecond) return;
    drawn = performance.now();
    bars.update();
  };
  return {
    add: (label, total) => {
      const bar = bars.create(total, 0, { note: "" }, barOptions(label, style));
      return {
        update: (done, note = "") => {
          bar.update(done, { note });
          draw();
        },
        stop: () => void bars.remove(bar),
      };
    },
    say: (text) => {
      bars.log(`${text}\n`);
      bars.update();
    },
    stop: () => {
      bars.stop();
      settle();
    },
  };
}

/**
 * Restores the cursor and line wrap of the terminal even if the program exits at once, as after a
 * second Ctrl-C.
 *
 * @returns a function that removes the handler
 */
function restoreAtExit(): () => void {
  const restore = (): void => void process.stderr.write("\u001b[?25h\u001b[?7h\n");
  process.once("exit", restore);
  return () => void process.off("exit", restore);
}
