/** The reason of an AbortSignal when the user or the system asks the program to end. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: "SIGINT" | "SIGTERM") {
    super("stopped");
    this.name = "Interruption";
    this.exitCode = exitCodes[signal];
  }
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface SignalWatch {
  readonly signal: AbortSignal;
  dispose(): void;
}

/**
 * The first Ctrl-C or SIGTERM asks the running job to stop, so that it leaves only complete files.
 * The second ends the program at once.
 *
 * @param announce called at the first signal, to tell the user what a second one does
 */
export function watchSignals(announce: () => void): SignalWatch {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signal !== "SIGINT" && signal !== "SIGTERM") return;
    if (controller.signal.aborted) process.exit(exitCodes[signal]);
    announce();
    controller.abort(new Interruption(signal));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
