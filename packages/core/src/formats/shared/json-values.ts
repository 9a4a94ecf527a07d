import { DataError, type Location } from "../../errors.ts";
import { parseJson } from "../../json/json.ts";
import { longestLine, type TextChunks } from "./lines.ts";
import { type OnInvalid, unlessInvalid } from "./unless-invalid.ts";

/** A value with its position. */
export interface PlacedValue {
  readonly value: unknown;
  readonly at: Location;
}

/**
 * Streams the values of a JSON file with one value in memory: the elements of a list, or, if the
 * file does not start with a list, values separated only by white space (JSON lines, or a single
 * object).
 *
 * @param limit maximum UTF-16 units of one value
 * @param onInvalid receives each complete value that is not JSON, and reading goes on behind it
 * @throws {DataError} JSON_INVALID at the first fault, including a truncated list; LINE_TOO_LONG
 */
export async function* readJsonValues(
  chunks: TextChunks,
  source?: string,
  limit = longestLine,
  onInvalid?: OnInvalid,
): AsyncGenerator<PlacedValue> {
  const splitter = new JsonSplitter(source, limit, onInvalid);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

/**
 * The first value that `readJsonValues` would give, for inspecting the start of a file.
 *
 * @returns undefined if the start holds no complete value or is not JSON
 */
export function firstJsonValue(beginning: string): unknown {
  try {
    for (const { value } of new JsonSplitter(undefined, longestLine).push(beginning)) return value;
    const whole = beginning.replace(/^\uFEFF/, "");
    return /^\s*\[/.test(whole) ? undefined : JSON.parse(whole);
  } catch {
    return undefined;
  }
}

type State = "start" | "element" | "element or ]" | "comma or ]" | "end";

const [newline, quote, backslash, comma] = [10, 34, 92, 44];
const [openList, closeList, openObject, closeObject] = [91, 93, 123, 125];
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11 && code !== 12);

/** Finds where values start and end; the JSON parser validates what is between. */
class JsonSplitter {
  readonly #source: string | undefined;
  readonly #limit: number;
  readonly #onInvalid: OnInvalid;
  #state: State = "start";
  #inList = false;
  #line = 1;
  #column = 1;
  #pieces: string[] = [];
  #units = 0;
  #at: Location = {};
  /**
   * The scanner's state inside a value: bracket depth, and whether it is in a string or a bare word
   * such as a number.
   */
  #depth = 0;
  #inside: "nothing" | "string" | "escape" | "brackets" | "word" = "nothing";

  constructor(source: string | undefined, limit: number, onInvalid?: OnInvalid) {
    this.#source = source;
    this.#limit = limit;
    this.#onInvalid = onInvalid;
  }

  *push(chunk: string): Generator<PlacedValue> {
    let index = this.#state === "start" && this.#line === 1 && this.#column === 1 && chunk.charCodeAt(0) === 0xfeff ? 1 : 0;
    let from = index;
    while (index < chunk.length) {
      const code = chunk.charCodeAt(index);
      if (this.#inside === "nothing") {
        if (isSpace(code)) this.#step(code);
        else if (!this.#punctuation(code)) {
          this.#begin(code);
          from = index;
          this.#step(code);
        }
        index++;
        continue;
      }
      const ended = this.#scan(code);
      if (ended !== "before") {
        this.#step(code);
        index++;
      }
      if (ended !== "no") {
        this.#keep(chunk.slice(from, index));
        yield* this.#value(this.#onInvalid);
      }
    }
    if (this.#inside !== "nothing") this.#keep(chunk.slice(from));
  }

  *end(): Generator<PlacedValue> {
    // A value without an end may have swallowed the records behind it.
    if (this.#inside !== "nothing") yield* this.#value(undefined);
    if (this.#inList && this.#state !== "end") {
      this.#fail(this.#state === "comma or ]" ? "a comma or the closing bracket" : "a value", "the end");
    }
  }

  #step(code: number): void {
    if (code === newline) {
      this.#line++;
      this.#column = 1;
    } else this.#column++;
  }

  /** Consumes a character between values; false if it starts a value. */
  #punctuation(code: number): boolean {
    if (this.#state === "start" && code === openList) {
      this.#inList = true;
      this.#state = "element or ]";
    } else if (this.#inList && this.#state === "comma or ]" && code === comma) this.#state = "element";
    else if (this.#inList && code === closeList && (this.#state === "comma or ]" || this.#state === "element or ]")) {
      this.#state = "end";
    } else if (this.#state === "comma or ]") this.#fail("a comma or the closing bracket", code);
    else if (this.#state === "end") this.#fail("nothing after the list", code);
    else if (this.#inList && (code === comma || code === closeList)) this.#fail("a value", code);
    else return false;
    this.#step(code);
    return true;
  }

  #begin(code: number): void {
    this.#at = { source: this.#source, line: this.#line, column: this.#column };
    const bracket = code === openList || code === openObject;
    this.#inside = bracket ? "brackets" : code === quote ? "string" : "word";
    this.#depth = bracket ? 1 : 0;
  }

  /** Whether the value ends with this character, before it, or not yet. */
  #scan(code: number): "no" | "here" | "before" {
    if (this.#inside === "escape") this.#inside = "string";
    else if (this.#inside === "string") {
      if (code === backslash) this.#inside = "escape";
      else if (code === quote) {
        this.#inside = "brackets";
        return this.#depth === 0 ? "here" : "no";
      }
    } else if (this.#inside === "word") {
      return isSpace(code) || code === comma || code === closeList ? "before" : "no";
    } else if (code === quote) this.#inside = "string";
    else if (code === openList || code === openObject) this.#depth++;
    else if (code === closeList || code === closeObject) {
      this.#depth--;
      return this.#depth === 0 ? "here" : "no";
    }
    return "no";
  }

  #keep(piece: string): void {
    this.#pieces.push(piece);
    this.#units += piece.length;
    if (this.#units <= this.#limit) return;
    const message = `the value has more than ${this.#limit} UTF-16 units`;
    throw new DataError("LINE_TOO_LONG", { at: this.#at, message, hint: "write each document as a separate value" });
  }

  *#value(onInvalid: OnInvalid): Generator<PlacedValue> {
    const text = this.#pieces.join("");
    this.#pieces = [];
    this.#units = 0;
    this.#inside = "nothing";
    this.#state = this.#inList ? "comma or ]" : "element";
    const { source, line } = this.#at;
    const value = unlessInvalid(() => parseJson(text, this.#at), onInvalid);
    if (value !== undefined) yield { value, at: { source, line } };
  }

  #fail(expected: string, found: number | "the end"): never {
    const shown = typeof found === "number" ? JSON.stringify(String.fromCharCode(found)) : found;
    throw new DataError("JSON_INVALID", {
      at: { source: this.#source, line: this.#line, column: this.#column },
      message: `expected ${expected}, found ${shown}`,
      hint: "the file is one list, with commas between its values and ] at the end",
    });
  }
}
