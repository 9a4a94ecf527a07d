/**
 * The reader of our output has closed it, as `head` does. Not a failure: the program ends quietly,
 * as with SIGPIPE.
 */
export class OutputClosed extends Error {
  constructor() {
    super("the reader of standard output has gone");
    this.name = "OutputClosed";
  }
}

/**
 * Writes to standard output and waits until the data is accepted, so that a slow reader slows the
 * writer and memory stays constant.
 *
 * @throws {OutputClosed} when the reader has gone
 * @throws {FileError} when the output is a file and the disk is full
 */
export async function writeOutput(text: string | Uint8Array): Promise<void> {
  watch();
  if (failure === undefined) await written(text).catch(fail);
  if (failure !== undefined) throw await explained(failure.cause);
}

async function written(text: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (cause) => (cause === undefined || cause === null ? resolve() : reject(cause)));
  });
}

let watched = false;
let failure: { readonly cause: unknown } | undefined;

/** Without a listener, an error on the stream would end the process with a stack trace. */
function watch(): void {
  if (watched) return;
  watched = true;
  process.stdout.on("error", fail);
}

function fail(cause: unknown): void {
  failure ??= { cause };
}

/** Loads the messages only after a failure, so that help and version print without them. */
async function explained(cause: unknown): Promise<Error> {
  const { fileFailure, systemCodeOf } = await import("./file-failure.ts");
  const code = systemCodeOf(cause);
  if (code === "EPIPE" || code === "ECONNRESET") return new OutputClosed();
  return fileFailure(cause, "standard output", "write") as Error;
}
