import { DataError } from "../../errors.ts";
import type { ReadOptions } from "../format.ts";

export type OnInvalid = ReadOptions["onInvalid"];

/**
 * The result of reading a piece of a file; undefined if it is invalid and `onInvalid` was called.
 */
export function unlessInvalid<Result>(read: () => Result, onInvalid: OnInvalid): Result | undefined {
  if (onInvalid === undefined) return read();
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    onInvalid(error);
    return undefined;
  }
}
