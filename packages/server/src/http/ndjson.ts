import type { Readable } from "node:stream";
import { RequestError } from "../errors.ts";
import { clientGone, tooSlow } from "./json-body.ts";

/** A body that is read while it is answered. */
export class NdjsonBody {
  readonly stream: Readable;

  constructor(stream: Readable) {
    this.stream = stream;
  }
}

export interface NdjsonLine {
  /** From 1. */
  readonly line: number;
  /** Undefined if the line exceeds the limit; reading continues after its end. */
  readonly bytes: Buffer | undefined;
}

/**
 * Yields the non-empty lines of a stream, read only as fast as they are consumed. A line that is
 * too long is discarded.
 *
 * @param bodyMs max milliseconds to wait for a line, over all its pieces and the blank lines before
 *   it: a sender of blanks is as good as silent
 * @throws {RequestError} REQUEST_TOO_SLOW
 */
export async function* ndjsonLines(
  body: Readable,
  { lineBytes, bodyMs }: { readonly lineBytes: number; readonly bodyMs: number },
): AsyncGenerator<NdjsonLine> {
  let parts: Buffer[] = [];
  let length = 0;
  let line = 1;
  const take = (): NdjsonLine | undefined => {
    const bytes = length > lineBytes ? undefined : Buffer.concat(parts, length);
    parts = [];
    length = 0;
    return bytes === undefined || bytes.some((byte) => byte > space) ? { line, bytes } : undefined;
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= lineBytes) parts.push(part);
    else parts = [];
  };
  const patience = new Patience(bodyMs);
  for await (const chunk of withPatience(body, patience)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const found = take();
      if (found !== undefined) {
        patience.renew();
        yield found;
      }
      line++;
    }
    add(chunk.subarray(from));
  }
  const last = take();
  if (last !== undefined) yield last;
}

const newline = 0x0a;
const space = 0x20;

export function lineTooLong(bytes: number): RequestError {
  return new RequestError("REQUEST_TOO_LARGE", {
    message: `the line exceeds the limit of ${bytes} bytes`,
    hint: "cut the text at paragraphs and send the pieces",
  });
}

function left(): never {
  throw clientGone();
}

/** The time that may still be spent waiting for a sender. */
class Patience {
  readonly wholeMs: number;
  leftMs: number;

  constructor(ms: number) {
    this.wholeMs = ms;
    this.leftMs = ms;
  }

  renew(): void {
    this.leftMs = this.wholeMs;
  }
}

/**
 * Yields the chunks of a stream. The clock runs only while waiting for one: a slow reader does not
 * make a slow sender.
 */
async function* withPatience(body: Readable, patience: Patience): AsyncGenerator<Buffer> {
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (;;) {
    let clock: NodeJS.Timeout | undefined;
    const tired = new Promise<never>((_, failed) => {
      clock = setTimeout(() => failed(tooSlow(patience.wholeMs)), patience.leftMs);
    });
    const began = performance.now();
    try {
      const next = await Promise.race([chunks.next().catch(left), tired]);
      if (next.done === true) return;
      patience.leftMs = Math.max(0, patience.leftMs - (performance.now() - began));
      yield next.value;
    } finally {
      clearTimeout(clock);
    }
  }
}
