import { writeFileAtomically } from "./write-file.ts";

/**
 * A file that is written piece by piece by whoever has the pieces, and is there as a whole or not
 * at all.
 */
export interface OpenedFile {
  /**
   * Waits until the piece has been taken, so that memory stays constant.
   *
   * @throws {FileError} when the system refuses
   */
  write(piece: string | Uint8Array): Promise<void>;
  /** Puts the file in its place. @throws {FileError} when the system refuses */
  close(): Promise<void>;
  /** Leaves what was there before. Does nothing behind `close`. */
  abort(): Promise<void>;
}

/**
 * `writeFileAtomically` for a job that writes to several files at a time, or that reads while it
 * writes.
 */
export function openFile(path: string): OpenedFile {
  const channel = new Channel();
  const done = writeFileAtomically(path, channel.pieces());
  // The failure is told to whoever writes or closes; nobody may be waiting at the moment when it
  // happens.
  done.catch(() => channel.stop());
  let pieces: (string | Uint8Array)[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    const taken = pieces;
    [pieces, held] = [[], 0];
    for (const piece of joined(taken)) if (!(await channel.put(piece))) await done;
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

/** Characters or bytes gathered before the system is called. */
const worthAWrite = 1 << 16;

class Aborted extends Error {}

/** Neighbouring texts as one. */
function* joined(pieces: readonly (string | Uint8Array)[]): Generator<string | Uint8Array> {
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

/** Hands pieces from one that writes to one that reads, one at a time. */
class Channel {
  #message: Message | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;

  /** @returns false where nobody reads any more */
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
      // Whoever asks for the next piece has written this one.
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
