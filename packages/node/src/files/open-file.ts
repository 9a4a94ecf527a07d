import { writeFileAtomically } from "./write-file.ts";

/** A file that the caller writes piece by piece. It appears only when complete. */
export interface OpenedFile {
  /**
   * Resolves when the piece has been accepted, so that memory stays constant.
   *
   * @throws {FileError} when the system refuses
   */
  write(piece: string | Uint8Array): Promise<void>;
  /** Moves the file to its path. @throws {FileError} when the system refuses */
  close(): Promise<void>;
  /** Keeps the old file. Does nothing after `close`. */
  abort(): Promise<void>;
}

/**
 * Like `writeFileAtomically`, for jobs that write several files at once, or read while they write.
 */
export function openFile(path: string): OpenedFile {
  const channel = new Channel();
  const done = writeFileAtomically(path, channel.pieces());
  // The next write or close reports the failure; no call may be waiting when it happens.
  done.catch(() => channel.stop());
  let pieces: (string | Uint8Array)[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    const taken = pieces;
    [pieces, held] = [[], 0];
    for (const piece of joinedTexts(taken)) if (!(await channel.put(piece))) await done;
  };
  return {
    async write(piece) {
      pieces.push(piece);
      held += piece.length;
      if (held >= worthAWrite) await flush();
    },
    async close() {
      await flush();
      channel.end();
      await done;
    },
    async abort() {
      channel.fail(new Aborted());
      await done.catch(() => undefined);
    },
  };
}

/** Characters or bytes collected before each system call. */
export const worthAWrite = 1 << 16;

class Aborted extends Error {}

/** Joins neighbouring texts. */
export function* joinedTexts(pieces: readonly (string | Uint8Array)[]): Generator<string | Uint8Array> {
  let texts: string[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") {
      texts.push(piece);
      continue;
    }
    if (texts.length > 0) yield texts.join("");
    texts = [];
    yield piece;
  }
  if (texts.length > 0) yield texts.join("");
}

type Message =
  | { readonly kind: "piece"; readonly piece: string | Uint8Array; readonly taken: (alive: boolean) => void }
  | { readonly kind: "end" }
  | { readonly kind: "failure"; readonly cause: Error };

/** Hands pieces from a writer to a reader, one at a time. */
class Channel {
  #message: Message | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;

  /** @returns false if the reader has gone */
  put(piece: string | Uint8Array): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((taken) => this.#send({ kind: "piece", piece, taken }));
  }

  end(): void {
    this.#send({ kind: "end" });
  }

  fail(cause: Error): void {
    this.#send({ kind: "failure", cause });
  }

  /** The reader has gone. */
  stop(): void {
    this.#stopped = true;
    if (this.#message?.kind === "piece") this.#message.taken(false);
  }

  async *pieces(): AsyncGenerator<string | Uint8Array> {
    for (;;) {
      if (this.#message === undefined) await new Promise<void>((wake) => (this.#wake = wake));
      const message = this.#message;
      if (message === undefined) continue;
      if (message.kind === "end") return;
      if (message.kind === "failure") throw message.cause;
      yield message.piece;
      // A reader that asks for the next piece has written this one.
      this.#message = undefined;
      message.taken(true);
    }
  }

  #send(message: Message): void {
    this.#message = message;
    this.#wake?.();
    this.#wake = undefined;
  }
}
