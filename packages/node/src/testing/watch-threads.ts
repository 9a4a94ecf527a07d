import type { Worker } from "node:worker_threads";

/** The threads of this process that began while they were watched. */
export interface ThreadWatch {
  /** In the order in which they began. */
  readonly started: readonly Worker[];
  /** Those that have not ended, oldest first. */
  readonly alive: ReadonlySet<Worker>;
  /** Called with each thread as it begins. */
  onStart: (thread: Worker) => void;
  stop(): void;
}

/** Watches from now on. New threads are reported after the current task. */
export function watchThreads(): ThreadWatch {
  const started: Worker[] = [];
  const alive = new Set<Worker>();
  const note = (thread: Worker): void => {
    started.push(thread);
    alive.add(thread);
    thread.once("exit", () => alive.delete(thread));
    watch.onStart(thread);
  };
  const watch: ThreadWatch = { started, alive, onStart: () => undefined, stop: () => void process.off("worker", note) };
  process.on("worker", note);
  return watch;
}
