import { fileFailure, systemCodeOf } from "./file-failure.ts";

/** Whoever read our output has closed it, as `head` does. No failure: the program ends quietly, as SIGPIPE would end it. */
export class OutputClosed extends Error {
  constructor() {
    super("the reader of standard output has gone");
    this.name = "OutputClosed";
  }
}

/**
 * Writes to standard output and waits until it has been taken, so that a slow reader slows the writer and memory stays constant.
 *
 * @throws {OutputClosed} when nobody reads any more
 * @throws {FileError} when the output is a file and the disk is full
 */
export async function writeOutput(text: string | Uint8Array): Promise<void> {
  watch();
  if (failure !== undefined) throw failure;
  await new Promise<void>((resolve, reject) => {
    const settle = (cause: unknown): void => {
      if (cause === undefined || cause === null) return resolve();
      failure = explained(cause);
      reject(failure);
    };
    try {
      process.stdout.write(text, settle);
    } catch (cause) {
      settle(cause);
    }
  });
}

let watched = false;
let failure: Error | undefined;

/** A stream that fails without a listener would end the process with a stack trace. */
function watch(): void {
  if (watched) return;
  watched = true;
  process.stdout.on("error", (cause) => {
    failure ??= explained(cause);
  });
}

function explained(cause: unknown): Error {
  const code = systemCodeOf(cause);
  if (code === "EPIPE" || code === "ECONNRESET") return new OutputClosed();
  return fileFailure(cause, "standard output", "write") as Error;
}
