import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/**
 * Gives a text colour or weight if the stream is a terminal that wants it, and returns it unchanged
 * otherwise.
 */
export type Style = (format: Format, text: string) => string;

/** Whether a stream is a terminal that shows colour, by the rules of no-color.org. */
export function wantsColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  return wantsColour(stream) ? coloured : (_, text) => text;
}

/** Colour whatever the stream is; Node's own check would be of standard output alone. */
export function coloured(format: Format, text: string): string {
  return styleText(format, text, { validateStream: false });
}
