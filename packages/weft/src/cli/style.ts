import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Adds colour or weight to a text if the stream is a terminal that supports it. */
export type Style = (format: Format, text: string) => string;

/** Whether a stream is a terminal with colour, by the rules of no-color.org. */
export function wantsColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  return wantsColour(stream) ? coloured : (_, text) => text;
}

/** Always adds colour; Node's own check would look only at standard output. */
export function coloured(format: Format, text: string): string {
  return styleText(format, text, { validateStream: false });
}
