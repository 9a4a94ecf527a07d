import type * as duckdb from "@duckdb/node-api";
import { FileError } from "@weft-nlp/node/errors";

/** A database in memory that spills to a folder. */
export interface Database {
  run(sql: string): Promise<void>;
  /** The first row of an answer. */
  row(sql: string): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

/**
 * Opens DuckDB, which is loaded only here.
 *
 * @param folder for what does not fit into memory
 * @throws {FileError} PACKAGE_MISSING
 */
export async function openDatabase(
  folder: string,
  limits: { readonly memoryMiB: number; readonly threads: number },
): Promise<Database> {
  const { DuckDBInstance } = await load();
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${limits.memoryMiB}MiB`,
    threads: String(limits.threads),
    temp_directory: folder,
    partitioned_write_max_open_files: "256",
    preserve_insertion_order: "false",
    // It reads and writes files that we name, and must not fetch extensions.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  return {
    run: async (sql) => void (await connection.run(sql)),
    row: async (sql) => (await connection.runAndReadAll(sql)).getRowObjects()[0] ?? {},
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function load(): Promise<typeof duckdb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw new FileError("PACKAGE_MISSING", {
      message: "weft batch reduce needs the package @duckdb/node-api, which is not installed",
      hint: "npm install @duckdb/node-api",
      cause,
    });
  }
}

/** DuckDB reports a lack of memory in words only. */
export function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && /out of memory/i.test(cause.message);
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
