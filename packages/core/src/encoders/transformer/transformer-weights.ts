import { ArchiveError, type Location } from "../../errors.ts";
import { prefixes, type TransformerParameter, transformerParameters } from "./transformer-parameters.ts";
import type { TransformerShape } from "./transformer-shape.ts";

/** One array of a file, as 32-bit floats whatever the file stores: row-major. */
export interface ReadTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reads the array of this name; undefined if the file has none. */
export type TensorReader = (name: string) => ReadTensor | undefined;

/** The values of one parameter, [rows, columns]. */
export interface TransformerWeight {
  /** Below the scope of the network. */
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/**
 * Reads the weights of a transformer one after the other, under our paths and in our layout, so
 * that the file never lies in memory whole. Names with and without the prefix of a larger model are
 * understood, and so are those of old files.
 *
 * @param at where the weights are, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID if an array is missing, has another shape, or holds
 *   something that is not a finite number
 */
export function* readTransformerWeights(shape: TransformerShape, read: TensorReader, at: Location): Generator<TransformerWeight> {
  const parameters = transformerParameters(shape);
  const prefix = prefixOf(shape, parameters, read, at);
  for (const parameter of parameters) {
    const { path, rows, columns, form, names } = parameter;
    const [name, found] = firstOf(names, (name) => read(prefix + name));
    const expected = form === "row" ? [columns] : form === "matrix" ? [columns, rows] : [rows, columns];
    const place = prefix + name;
    if (found === undefined) throw fault(at, place, `the file lacks this array; config.json wants it as ${shown(expected)}`);
    if (found.shape.join() !== expected.join()) {
      throw fault(at, place, `the array is ${shown(found.shape)}, but config.json wants it as ${shown(expected)}`);
    }
    if (!found.values.every(Number.isFinite)) throw fault(at, place, "the array holds something that is not a finite number");
    yield { path, rows, columns, values: form === "matrix" ? turned(found.values, rows, columns) : found.values };
  }
}

/** The prefix under which the file has the normalisation of the embeddings, which is small to read. */
function prefixOf(
  { family }: TransformerShape,
  parameters: readonly TransformerParameter[],
  read: TensorReader,
  at: Location,
): string {
  const names = parameters.find(({ path }) => path === "embedding/norm/scale")?.names ?? [];
  const candidates = ["", prefixes[family]];
  const found = candidates.find((prefix) => names.some((name) => read(prefix + name) !== undefined));
  if (found !== undefined) return found;
  const wanted = candidates.flatMap((prefix) => names.map((name) => prefix + name));
  throw fault(at, names[0], `the file does not hold a ${family} model, which has an array ${wanted.join(" or ")}`);
}

function firstOf<T>(names: readonly string[], get: (name: string) => T | undefined): readonly [string, T | undefined] {
  for (const name of names) {
    const found = get(name);
    if (found !== undefined) return [name, found];
  }
  return [names[0] ?? "", undefined];
}

/** [columns, rows] as [rows, columns]. */
function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) result[row * columns + column] = values[column * rows + row] as number;
  }
  return result;
}

function shown(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

function fault(at: Location, path: string | undefined, message: string): ArchiveError {
  return new ArchiveError("ARCHIVE_INVALID", {
    at: { ...at, path },
    message,
    hint: "config.json and the weights belong to different models, or the copy is broken; copy the folder again",
  });
}
