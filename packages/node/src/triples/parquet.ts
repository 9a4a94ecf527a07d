import { type TripleFormat, type TripleRow, tripleColumns, tripleRows } from "@weft-nlp/core/triples";
import { type BasicType, ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";

/**
 * Rows written together where nobody says otherwise. A group lies in memory as a whole, some 20 MB;
 * what the end of the file says of it, a few kB, stays there until the file is closed: the one
 * thing that grows here.
 */
const largeGroup = 25_000;

/** UTF-16 units of text held before a group is written, however few rows they are. */
const groupUnits = 8 << 20;

/** The table of triples by columns, for data frames and engines that query files. */
export const parquet: TripleFormat = {
  name: "parquet",
  title: "Parquet",
  extension: ".parquet",
  mediaType: "application/vnd.apache.parquet",
  describe: "the same table by columns and compressed, for DuckDB, Spark, pandas and their like",
  holds: "relations",
  binary: true,
  open(sink, options = {}) {
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
  },
};

const types = { text: "STRING", integer: "INT32", number: "DOUBLE" } as const satisfies Record<string, BasicType>;

function columns(rows: readonly TripleRow[]): ColumnSource[] {
  return Object.entries(tripleColumns).map(([name, type]) => ({
    name,
    type: types[type],
    data: rows.map((row) => row[name as keyof TripleRow]),
    // Places of pages would be kept for every group until the end of the file.
    offsetIndex: false,
  }));
}

function unitsOf(row: TripleRow): number {
  return Object.values(row).reduce<number>((sum, cell) => sum + (typeof cell === "string" ? cell.length : 8), 0);
}
