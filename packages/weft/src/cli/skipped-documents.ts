import type { DataError } from "@weft-nlp/core";
import type { CommandContext } from "./command.ts";
import { describeFailure, type FailureReport, printReport } from "./failure.ts";
import { count, whole } from "./words.ts";

const shown = 5;
const kept = 100;

/** Counts the documents that `--skip-invalid` skips, and keeps the first faults. */
export class SkippedDocuments {
  /** For the option `onInvalid` of readers; undefined without `--skip-invalid`. */
  readonly onInvalid: ((fault: DataError) => void) | undefined;
  readonly #faults: FailureReport[] = [];
  #first: DataError | undefined;
  total = 0;

  constructor(skipInvalid: boolean) {
    if (!skipInvalid) return;
    this.onInvalid = (fault) => {
      this.total++;
      this.#first ??= fault;
      if (this.#faults.length < kept) this.#faults.push(describeFailure(fault));
    };
  }

  /** @throws {DataError} the first fault, if nothing else was read */
  refuseNothing(documents: number): void {
    if (documents === 0 && this.#first !== undefined) throw this.#first;
  }

  say({ terminal }: Pick<CommandContext, "terminal">): void {
    if (this.total === 0) return;
    const faults = this.#faults.slice(0, shown).map((fault) => printReport({ ...fault, hint: undefined }, terminal.errorStyle));
    const rest = this.total - faults.length;
    const more = rest > 0 ? [`and ${whole(rest)} more`] : [];
    terminal.say(
      [`skipped ${count(this.total, "invalid document")}:`, ...[...faults, ...more].map((line) => `  ${line}`)].join("\n"),
    );
  }

  /** The count and the first faults; nothing if none was skipped. */
  toJson(): { readonly skipped?: number; readonly faults?: readonly FailureReport[] } {
    return this.total === 0 ? {} : { skipped: this.total, faults: this.#faults };
  }
}
