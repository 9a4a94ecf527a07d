import { WeftError } from "@weft-nlp/core";
import type { KeptOutput } from "@weft-nlp/node/extraction";
import { count } from "./words.ts";

/** One sentence about what a stopped extract leaves. */
export function keptWords({ counts, parts, resumable }: KeptOutput): string {
  const written = `${count(counts.documents, "document")} written${faultWords(counts.faults, "; ")}`;
  if (parts.length === 0) return written;
  const place = `${written}, kept in ${parts.join(", ")}`;
  return resumable ? `${place}; the same command with --resume continues from there` : place;
}

/** How many records could not be read; empty if none. */
export function faultWords(faults: number, before: string, quarantine?: string): string {
  if (faults === 0) return "";
  const records = count(faults, "record");
  return `${before}${quarantine === undefined ? `${records} skipped` : `${records} quarantined in ${quarantine}`}`;
}

/** Adds to an error what the command left, so that its last line says it. */
export function withKept(error: unknown, kept: KeptOutput | undefined): unknown {
  if (kept === undefined || !(error instanceof WeftError)) return error;
  const { code, at, summary: message, hint } = error;
  const hints = [
    hint,
    kept.atRecord ? "--on-error skip or --quarantine FILE continues past such records" : undefined,
    keptWords(kept),
  ];
  return new WeftError(code, { at, message, hint: hints.filter((one) => one !== undefined).join("\n  → "), cause: error.cause });
}
