import cliProgress from "cli-progress";
import type { ProgressBar, ProgressGroup } from "./progress-bar.ts";
import type { Style } from "./style.ts";

/** A bar on standard error. */
export function drawnBar(label: string, total: number, style: Style): ProgressBar {
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

/** A group of bars on standard error. */
export function drawnGroup(style: Style): ProgressGroup {
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
