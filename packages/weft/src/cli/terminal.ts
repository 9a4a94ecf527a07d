import { styleText } from "node:util";
import cliProgress from "cli-progress";
import { writeOutput } from "../files/standard-output.ts";

type Format = Parameters<typeof styleText>[0];

/** Gives a text colour or weight where the stream is a terminal that wants it, and returns it as it is everywhere else. */
export type Style = (format: Format, text: string) => string;

export interface ProgressBar {
  /** @param note a few words behind the bar, such as the loss */
  update(done: number, note?: string): void;
  stop(): void;
}

/** Where a command speaks: data to standard output, everything for people to standard error. */
export interface Terminal {
  readonly json: boolean;
  /** Columns of standard output; 100 where it is not a terminal. */
  readonly width: number;
  /** For text on standard output. */
  readonly style: Style;
  /** For text on standard error. */
  readonly errorStyle: Style;
  /** A text with its final line end added, to standard output. */
  print(text: string): Promise<void>;
  printJson(value: unknown): Promise<void>;
  /** A line for people; silent with --quiet and --json. */
  say(text: string): void;
  /** A bar on standard error that goes when it is done; silent in pipes, with --quiet and with --json. */
  progress(label: string, total: number): ProgressBar;
}

export function openTerminal({ json = false, quiet = false }: { json?: boolean; quiet?: boolean } = {}): Terminal {
  const errorStyle = styleFor(process.stderr);
  return {
    json,
    width: process.stdout.isTTY ? Math.max(40, Math.min(process.stdout.columns, 140)) : 100,
    style: styleFor(process.stdout),
    errorStyle,
    print: async (text) => writeOutput(`${text}\n`),
    printJson: async (value) => writeOutput(`${JSON.stringify(value, undefined, 2)}\n`),
    say: (text) => {
      if (!json && !quiet) process.stderr.write(`${text}\n`);
    },
    progress: (label, total) => {
      const shown = process.stderr.isTTY && !json && !quiet && process.env["TERM"] !== "dumb";
      return shown ? drawnBar(label, total, errorStyle) : { update: () => undefined, stop: () => undefined };
    },
  };
}

/** Whether a stream is a terminal that shows colour, by the rules of no-color.org. */
export function wantsColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

function styleFor(stream: NodeJS.WriteStream): Style {
  if (!wantsColour(stream)) return (_, text) => text;
  // The stream has been looked at above; Node's own look would be at standard output, whichever stream this is for.
  return (format, text) => styleText(format, text, { validateStream: false });
}

function drawnBar(label: string, total: number, style: Style): ProgressBar {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${label} ${style("cyan", "{bar}")} {percentage} % ${style("dim", "{eta_formatted} left")} {note}`,
    barCompleteChar: "━",
    barIncompleteChar: "─",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
    fps: 10,
    gracefulExit: false,
  });
  // Leaving at once, as after a second Ctrl-C, must not leave the terminal without its cursor and its line wrap.
  const restore = (): void => void process.stderr.write("\u001b[?25h\u001b[?7h\n");
  process.once("exit", restore);
  bar.start(total, 0, { note: "" });
  return {
    update: (done, note = "") => bar.update(done, { note }),
    stop: () => {
      bar.update(total);
      bar.stop();
      process.off("exit", restore);
    },
  };
}
