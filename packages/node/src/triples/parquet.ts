import type { TripleFormat, TripleWriter } from "@weft-nlp/core/triples";

/** The table of triples in columns, for data frames and query engines. */
export const parquet: TripleFormat = {
  name: "parquet",
  title: "Parquet",
  extension: ".parquet",
  mediaType: "application/vnd.apache.parquet",
  describe: "the same table in compressed columns, for DuckDB, Spark, pandas and similar tools",
  holds: "relations",
  binary: true,
  open(sink, options = {}) {
    // The package that writes it loads with the first document: it takes longer than a short text.
    let loading: Promise<TripleWriter> | undefined;
    const writer = (): Promise<TripleWriter> => {
      loading ??= import("./parquet-writer.ts").then(({ openParquetWriter }) => openParquetWriter(sink, options));
      return loading;
    };
    return {
      write: async (document) => (await writer()).write(document),
      end: async () => (await writer()).end(),
    };
  },
};
