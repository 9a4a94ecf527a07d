/**
 * Yields the values of a stream in order, and reads up to `limit` values ahead while the consumer
 * works or waits.
 *
 * An error of the stream is thrown in its place, after the values before it. A consumer that stops
 * early ends the stream as soon as the read under way has finished, without waiting for that.
 */
export async function* readAhead<Value>(values: AsyncIterable<Value>, limit: number): AsyncGenerator<Value> {
  const ready: Value[] = [];
  let end: { readonly cause?: unknown; readonly failed: boolean } | undefined;
  let stopped = false;
  let wakeReader = (): void => undefined;
  let wakeConsumer = (): void => undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const value of values) {
        ready.push(value);
        wakeConsumer();
        while (ready.length >= limit && !stopped) await new Promise<void>((wake) => (wakeReader = wake));
        if (stopped) break;
      }
      end = { failed: false };
    } catch (cause) {
      end = { failed: true, cause };
    }
    wakeConsumer();
  };
  void read();
  try {
    for (;;) {
      const value = ready.shift();
      if (value !== undefined) {
        wakeReader();
        yield value;
      } else if (end === undefined) await new Promise<void>((wake) => (wakeConsumer = wake));
      else if (end.failed) throw end.cause;
      else return;
    }
  } finally {
    stopped = true;
    wakeReader();
  }
}
