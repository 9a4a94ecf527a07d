import type { InputRecord } from "../files/read-records.ts";

/** A line of a quarantine file: a record that could not be read, with its place and the reason. */
export interface QuarantinedRecord {
  readonly source: string;
  /** Counted from 1. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** The path of the fault inside the record. */
  readonly path?: string | undefined;
  /** The record as it is in the input, without its line end. */
  readonly raw?: string | undefined;
  /** The same in base64, if it is not UTF-8 text. */
  readonly rawBase64?: string | undefined;
  /** Present if the record is too long and this is only its beginning. */
  readonly cut?: true | undefined;
}

/** Describes a record that could not be read. */
export function quarantined({ at, error, raw, cut }: Extract<InputRecord, { kind: "fault" }>): QuarantinedRecord {
  const path = error.at?.path;
  return {
    source: at.source,
    line: error.at?.line ?? at.line,
    code: error.code,
    message: error.summary,
    ...(path === undefined || path === "" ? {} : { path }),
    ...rawForm(raw, cut),
    ...(cut ? { cut } : {}),
  };
}

function rawForm(bytes: Uint8Array, cut: boolean): Pick<QuarantinedRecord, "raw" | "rawBase64"> {
  let end = bytes.length;
  if (bytes[end - 1] === 10) end--;
  if (bytes[end - 1] === 13) end--;
  const record = bytes.subarray(0, end);
  try {
    // The beginning of a long record may end within a character.
    return { raw: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(record, { stream: cut }) };
  } catch {
    return { rawBase64: Buffer.from(record).toString("base64") };
  }
}
