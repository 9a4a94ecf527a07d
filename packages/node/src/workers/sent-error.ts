import { type ErrorDetails, WeftError } from "@weft-nlp/core";

/** What is left of an error on its way between threads, with what it takes to make it again. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly details?: ErrorDetails | undefined;
}

/** An error as values: threads copy an error without its class and its code. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof WeftError)) {
    return { name, message, stack, ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}) };
  }
  const { code, at, hint, summary } = error;
  return { name, message, stack, code, details: { at, hint, message: summary } };
}

/** The error as it was in the other thread. */
export function receivedError({ name, code, details, message, stack }: SentError): Error {
  if (details !== undefined && code !== undefined) return new WeftError(code, details);
  return Object.assign(new Error(message), { name, stack }, code === undefined ? {} : { code });
}
