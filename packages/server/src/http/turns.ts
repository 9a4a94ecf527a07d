/** Max milliseconds that the work for one request may block the event loop. */
const turnMs = 8;

/** Work that waits for its turn, the longest first. */
const waiting: (() => void)[] = [];
/** Whether work has had the turn of this round of the event loop. */
let taken = false;
/** Whether a client has connected in this round, and in how many before it without a break. */
let connected = false;
let connectedRounds = 0;
/** Max rounds in a row that are left to new connections. */
const maxConnectedRounds = 64;

/**
 * Returns a function that long work awaits between its parts, to let other requests run when it has
 * taken its turn.
 *
 * All of them share one turn in each round of the event loop, and a round in which a client has
 * connected has none. A round accepts a single connection (libuv 1.46), so when many connect at
 * once while others have long turns, they would wait unseen: before any deadline runs.
 *
 * @param signal aborted when the result is no longer needed; its reason is thrown
 */
export function turns(signal?: AbortSignal): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    if (performance.now() - turn < turnMs) return;
    await nextTurn();
    signal?.throwIfAborted();
    turn = performance.now();
  };
}

/** Notes that a client has connected. */
export function noteConnection(): void {
  if (!connected) setImmediate(() => (connected = false));
  connected = true;
}

/** Resolves at once if no other work has had this round of the event loop, else at its turn. */
export async function firstTurn(): Promise<void> {
  if (taken || connected || waiting.length > 0) return nextTurn();
  taken = true;
  setImmediate(() => {
    if (waiting.length === 0) taken = false;
  });
}

async function nextTurn(): Promise<void> {
  taken = true;
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });
}

/** What it resolves runs before the next round begins. */
function giveTurn(): void {
  if (connected && connectedRounds < maxConnectedRounds) {
    connectedRounds++;
    setImmediate(giveTurn);
    return;
  }
  connectedRounds = 0;
  const next = waiting.shift();
  taken = next !== undefined;
  next?.();
  if (taken) setImmediate(giveTurn);
}
