/**
 * The reader of our output has closed it, as `head` does. No failure: the program ends quietly, as
 * SIGPIPE would end it.
 */
export class OutputClosed extends Error {
  constructor() {
    super("the reader of standard output has gone");
    this.name = "OutputClosed";
  }
}

/**
 * Writes to standard output and waits until it has been taken, so that a slow reader slows the
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

/** A stream that fails without a listener would end the process with a stack trace. */
function watch(): void {
  if (watched) return;
  watched = true;
  process.stdout.on("error", fail);
}

function fail(cause: unknown): void {
  failure ??= { cause };
}

/**
 * Words for a failure are loaded when there is one, so that a version or a help text is printed
 * without them.
 */
async function explained(cause: unknown): Promise<Error> {
  const { fileFailure, systemCodeOf } = await import("./file-failure.ts");
  const code = systemCodeOf(cause);
  if (code === "EPIPE" || code === "ECONNRESET") return new OutputClosed();
  return fileFailure(cause, "standard output", "write") as Error;
}
