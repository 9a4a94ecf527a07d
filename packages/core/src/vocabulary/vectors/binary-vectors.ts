import type { ByteStream } from "../byte-stream.ts";
import { blank, decode, invalidVectors, lineFeed, longestRow, type VectorFile } from "./vector-source.ts";
import type { VectorsBuilder } from "./vectors-builder.ts";

/** Reads the rows of a binary word2vec file. */
export async function readBinaryRows(stream: ByteStream, file: VectorFile, builder: VectorsBuilder): Promise<void> {
  const { source, dimension } = file;
  const bytes = 4 * dimension;
  const vector = new Float32Array(dimension);
  for (let row = 0; row < (file.rows as number); row++) {
    let searched = 0;
    let space = stream.find(blank);
    while (space < 0 || stream.window.length < space + 1 + bytes) {
      if (space < 0 && stream.window.length > longestRow) {
        throw invalidVectors({ source }, `no word ends after byte ${stream.offset}`);
      }
      searched = space < 0 ? stream.window.length : searched;
      if (!(await stream.more())) {
        throw invalidVectors(
          { source },
          `the file ends at byte ${stream.offset + stream.window.length}, in row ${row + 1} of ${file.rows}`,
        );
      }
      if (space < 0) space = stream.find(blank, searched);
    }
    const { window } = stream;
    let begin = 0;
    while (window[begin] === lineFeed) begin++; // some writers end each row with a line feed, some do not
    const word = window.subarray(begin, space);
    const view = new DataView(window.buffer, window.byteOffset + space + 1, bytes);
    for (let index = 0; index < dimension; index++) vector[index] = view.getFloat32(4 * index, true);
    const fault = vector.findIndex((number) => !Number.isFinite(number));
    if (fault >= 0) {
      const place = stream.offset + space + 1 + 4 * fault;
      const name = JSON.stringify(decode(word));
      throw invalidVectors({ source }, `number ${fault + 1} of ${name}, at byte ${place}, is ${vector[fault]}`);
    }
    builder.add(word, vector);
    stream.take(space + 1 + bytes);
  }
}
