export interface ProgressBar {
  /** @param note a few words after the bar, such as the loss */
  update(done: number, note?: string): void;
  stop(): void;
}

/** A group of bars. Stopping a bar removes it, and those below it move up. */
export interface ProgressGroup {
  add(label: string, total: number): ProgressBar;
  /** A line for people, above the bars; like `say` if no bars are drawn. */
  say(text: string): void;
  stop(): void;
}
