import {
  type TripleOptions,
  type TripleRow,
  type TripleSink,
  type TripleWriter,
  tripleColumns,
  tripleRows,
} from "@weft-nlp/core/triples";
import { type BasicType, ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";

/**
 * Default number of rows in a group. A whole group is held in memory, some 20 MB; its entry in the
 * footer, a few kB, stays until the file is closed: nothing else grows.
 */
const largeGroup = 25_000;

/** UTF-16 units of text held before a group is written, even if it has few rows. */
const groupUnits = 8 << 20;

/** Writes documents as one Parquet file. */
export function openParquetWriter(sink: TripleSink, options: TripleOptions): TripleWriter {
  const { groupRows = largeGroup } = options;
  const bytes = new ByteWriter();
  const kvMetadata = Object.entries(options.model ?? {}).map(([key, value]: [string, string]) => ({
    key: `weft.model.${key}`,
    value,
  }));
  const file = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: columns([]) }),
    createdBy: "weft",
    kvMetadata,
  });
  let rows: TripleRow[] = [];
  let units = 0;
  const take = async (): Promise<void> => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    await sink.write(piece);
  };
  const group = async (): Promise<void> => {
    await file.write({ columnData: columns(rows), rowGroupSize: groupRows });
    rows = [];
    units = 0;
    await take();
  };
  return {
    async write(document) {
      for (const row of tripleRows(document, options)) {
        units += unitsOf(row);
        rows.push(row);
        if (rows.length >= groupRows || units >= groupUnits) await group();
      }
    },
    async end() {
      if (rows.length > 0) await group();
      await file.finish();
      await take();
    },
  };
}

const types = { text: "STRING", integer: "INT32", number: "DOUBLE" } as const satisfies Record<string, BasicType>;

function columns(rows: readonly TripleRow[]): ColumnSource[] {
  return Object.entries(tripleColumns).map(([name, type]) => ({
    name,
    type: types[type],
    data: rows.map((row) => row[name as keyof TripleRow]),
    // Page offsets would be kept for every group until the end of the file.
    offsetIndex: false,
  }));
}

function unitsOf(row: TripleRow): number {
  return Object.values(row).reduce<number>((sum, cell) => sum + (typeof cell === "string" ? cell.length : 8), 0);
}
