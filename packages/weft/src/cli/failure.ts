import { formatLocation, type Location, WeftError } from "@weft-nlp/core";
import { UsageError } from "@weft-nlp/node/errors";
import { type Style, styleFor } from "./style.ts";

/** An error in JSON form. */
export interface FailureReport {
  readonly code: string;
  readonly message: string;
  readonly at?: Location | undefined;
  readonly hint?: string | undefined;
  /** Other faults found in the same run. */
  readonly others?: readonly FailureReport[] | undefined;
}

/**
 * Prints an error on standard error, as a line of JSON or for people.
 *
 * @returns the exit code for it
 */
export function complain(error: unknown, json: boolean): 1 | 2 {
  const text = json ? JSON.stringify({ error: describeFailure(error) }) : printFailure(error, styleFor(process.stderr));
  process.stderr.write(`${text}\n`);
  return error instanceof UsageError ? 2 : 1;
}

/** Describes any thrown value. Errors that are not Weft's own are defects, and reported as such. */
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
    hint: "this is a defect; please report it, with the stack that WEFT_DEBUG=1 prints",
  };
}

/**
 * `file:line:column path: message (CODE)` and the hint below it, for each fault. Adds the stack
 * with WEFT_DEBUG=1.
 */
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
