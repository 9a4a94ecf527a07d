import { writeOutput } from "@weft-nlp/node/standard-output";
import type { ProgressBar, ProgressGroup } from "./progress-bar.ts";
import { type Style, styleFor } from "./style.ts";

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
  /**
   * Asks a yes-or-no question, to which Enter says yes. Without a terminal, with --quiet and with
   * --json it does not ask, and the answer is no.
   */
  confirm(question: string): Promise<boolean>;
}

export async function openTerminal({ json = false, quiet = false }: { json?: boolean; quiet?: boolean } = {}): Promise<Terminal> {
  const errorStyle = styleFor(process.stderr);
  const shown = process.stderr.isTTY && !json && !quiet && process.env["TERM"] !== "dumb";
  // Without a terminal, no bar is drawn and nothing that draws is loaded.
  const bars = shown ? await import("./drawn-bars.ts") : undefined;
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
    progress: (label, total) => bars?.drawnBar(label, total, errorStyle) ?? hiddenBar,
    progressGroup: () => bars?.drawnGroup(errorStyle) ?? { add: () => hiddenBar, say, stop: () => undefined },
    confirm: async (question) => {
      if (!shown || !process.stdin.isTTY) return false;
      const { createInterface } = await import("node:readline/promises");
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      const stop = new AbortController();
      reader.on("SIGINT", () => stop.abort()).on("close", () => stop.abort());
      try {
        return /^(y(es)?)?$/i.test((await reader.question(`${question} [Y/n] `, { signal: stop.signal })).trim());
      } catch {
        return false;
      } finally {
        reader.close();
      }
    },
  };
}

const hiddenBar: ProgressBar = { update: () => undefined, stop: () => undefined };
