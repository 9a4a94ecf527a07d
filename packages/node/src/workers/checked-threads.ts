import { ConfigError } from "@weft-nlp/core";

/**
 * Checks a number of threads.
 *
 * @throws {ConfigError} SETTING_INVALID for anything but a whole number of at least 1
 */
export function checkedThreads(threads: number): number {
  if (Number.isSafeInteger(threads) && threads >= 1) return threads;
  throw new ConfigError("SETTING_INVALID", {
    at: { path: "threads" },
    message: `expected a whole number of at least 1, found ${threads}`,
    hint: "omit this setting to use all cores of the machine",
  });
}
