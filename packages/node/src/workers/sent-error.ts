import { type ErrorDetails, WeftError } from "@weft-nlp/core";

/** An error in a form that can be sent between threads, with what is needed to recreate it. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly details?: ErrorDetails | undefined;
}

/** An error as plain values: copying an error between threads drops its class and code. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof WeftError)) {
    return { name, message, stack, ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}) };
  }
  const { code, at, hint, summary } = error;
  return { name, message, stack, code, details: { at, hint, message: summary } };
}

/** Recreates the error of the other thread. */
export function receivedError({ name, code, details, message, stack }: SentError): Error {
  if (details !== undefined && code !== undefined) return new WeftError(code, details);
  return Object.assign(new Error(message), { name, stack }, code === undefined ? {} : { code });
}
