/**
 * Works on items while more arrive and yields the results in the order of the items, each as soon
 * as it and all earlier ones are ready.
 *
 * @param window max items in progress; no more are taken from the source
 * @throws what the source throws, after the results of its earlier items
 */
export async function* inOrder<Item, Result>(
  source: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  window: number,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  let wake = (): void => undefined;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  const changed = async (): Promise<void> => new Promise((resolve) => (wake = resolve));
  let room = (): void => undefined;
  const reading = (async () => {
    for await (const item of source) {
      if (ended) return;
      const result = work(item);
      // The consumer sees the error; until then it must not count as unhandled.
      result.catch(() => undefined);
      underWay.push(result);
      wake();
      if (underWay.length >= window) await new Promise<void>((resolve) => (room = resolve));
    }
  })()
    .catch((error: unknown) => void (failure = { error }))
    .finally(() => {
      ended = true;
      wake();
    });
  try {
    for (;;) {
      const [first] = underWay;
      if (first !== undefined) {
        yield await first;
        void underWay.shift();
        room();
      } else if (ended) break;
      else await changed();
    }
    if (failure !== undefined) throw failure.error;
  } finally {
    ended = true;
    room();
    void reading;
  }
}
