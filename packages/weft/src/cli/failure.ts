import { formatLocation, type Location, WeftError } from "@weft-nlp/core";
import type { Style } from "./terminal.ts";

/** An error as programs read it. */
export interface FailureReport {
  readonly code: string;
  readonly message: string;
  readonly at?: Location | undefined;
  readonly hint?: string | undefined;
  /** Faults found in the same run beside the first. */
  readonly others?: readonly FailureReport[] | undefined;
}

/** What is known about an error, whatever was thrown. Errors of no class of ours are defects and say so. */
export function describeFailure(error: unknown): FailureReport {
  if (error instanceof WeftError) {
    const { code, at, hint, summary: message } = error;
    const others = error.cause instanceof AggregateError ? error.cause.errors.map(describeFailure) : undefined;
    return { code, message, at, hint, others };
  }
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: "INTERNAL",
    message: `something went wrong inside Weft: ${said}`,
    hint: "this is a defect; please report it, with the stack that WEFT_DEBUG=1 shows",
  };
}

/** `file:line:column path: message (CODE)` and the hint below, for each fault; the stack only where WEFT_DEBUG=1 asks for it. */
export function printFailure(error: unknown, style: Style): string {
  const lines = [describeFailure(error)]
    .flatMap((report) => [report, ...(report.others ?? [])])
    .map((report) => printReport(report, style));
  if (process.env["WEFT_DEBUG"] === "1" && error instanceof Error) lines.push(style("dim", stackOf(error)));
  return lines.join("\n");
}

export function printReport({ code, message, at, hint }: FailureReport, style: Style): string {
  const line = `${style("bold", formatLocation(at))}${style("red", message)} ${style("dim", `(${code})`)}`;
  return hint === undefined ? line : `${line}\n  ${style("dim", "→")} ${hint}`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
