import type { Random } from "@weft-nlp/tensor";
import type { EncoderExample, PackedSentences } from "./example.ts";
import type { Columns } from "./input-part.ts";
import { inputParts } from "./inputs/index.ts";

/** The share of training words to make unknown, drawn word by word in the order of the text. */
export interface WordDropout {
  readonly rate: number;
  readonly random: Random;
}

/**
 * Packs sentences end to end.
 *
 * @param empty the example of a sentence without words, which names the columns to pack
 * @param dropout word dropout; undefined outside training
 */
export function packSentences(
  examples: readonly EncoderExample[],
  empty: EncoderExample,
  dropout: WordDropout | undefined,
): PackedSentences {
  const offsets = new Int32Array(examples.length + 1);
  for (const [s, { length }] of examples.entries()) offsets[s + 1] = (offsets[s] as number) + length;
  const names = Object.keys(empty.inputs);
  const notices = (name: string): boolean => inputParts.find(name)?.drop !== undefined;
  const taken = names.some(notices) ? drawTaken(offsets[examples.length] as number, dropout) : undefined;
  const packed = names.map((name): [string, Columns] => {
    const columns = concatenateColumns(
      empty.inputs[name] as Columns,
      examples.map(({ inputs }) => inputs[name] as Columns),
    );
    return [name, inputParts.find(name)?.drop?.(columns, taken) ?? columns];
  });
  return { offsets, inputs: Object.fromEntries(packed) };
}

function drawTaken(words: number, dropout: WordDropout | undefined): Uint8Array | undefined {
  if (dropout === undefined || dropout.rate === 0) return undefined;
  const { rate, random } = dropout;
  const taken = new Uint8Array(words);
  for (let place = 0; place < words; place++) taken[place] = random.next() < rate ? 1 : 0;
  return taken;
}

function concatenateColumns(empty: Columns, all: readonly Columns[]): Columns {
  return Object.fromEntries(
    Object.entries(empty).map(([name, kind]) => {
      const columns = all.map((each) => each[name] as Int32Array | readonly string[]);
      if (!(kind instanceof Int32Array)) return [name, ([] as string[]).concat(...(columns as string[][]))];
      const whole = new Int32Array(columns.reduce((total, { length }) => total + length, 0));
      let at = 0;
      for (const column of columns as Int32Array[]) {
        whole.set(column, at);
        at += column.length;
      }
      return [name, whole];
    }),
  );
}

/** The columns, cut down to the words at these places. */
export function pickWords(columns: Columns, places: Int32Array): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, pick(column, places)]));
}

function pick(column: Int32Array | readonly string[], places: Int32Array): Int32Array | string[] {
  if (column instanceof Int32Array) return places.map((place) => column[place] as number);
  const picked: string[] = [];
  for (let k = 0; k < places.length; k++) picked.push(column[places[k] as number] as string);
  return picked;
}
