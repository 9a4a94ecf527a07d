import type { ExtractOptions } from "@weft-nlp/core/inference";
import type { ModelIdentity, TripleOptions } from "@weft-nlp/core/triples";
import type { Extractor } from "../extractor/extractor.ts";
import type { InputRecord, ReadRecordsOptions, RecordInput } from "../files/read-records.ts";
import type { ExtractCounts } from "./extract-state.ts";
import type { OutputTarget } from "./growing-output.ts";

/** What `extractFiles` does, and with what. */
export interface ExtractFilesInput {
  readonly extractor: Pick<Extractor, "documents" | "model">;
  readonly identity: ModelIdentity;
  /** `-` for standard input. */
  readonly files: readonly string[];
  readonly reading: Pick<ReadRecordsOptions, "text" | "blank" | "range" | "ids">;
  /**
   * How the lines of an input are records; undefined for an input that `otherRecords` reads.
   * Defaults to what the name of the file says.
   */
  readonly recordInput?: ((path: string) => RecordInput | undefined) | undefined;
  /** Reads an input that is not read line by line, with `recordsOfDocuments`. */
  readonly otherRecords?: ((path: string, signal: AbortSignal) => AsyncIterable<InputRecord>) | undefined;
  readonly targets: readonly OutputTarget[];
  readonly writing: Pick<TripleOptions, "base" | "escapeFormulas">;
  readonly extraction: Pick<ExtractOptions, "threshold" | "minConfidence" | "window" | "overlap">;
  /**
   * What happens at a record that cannot be read: `stop` ends with its error after all records
   * before it are written, `skip` counts it.
   */
  readonly onError: "stop" | "skip";
  /** A file for the records that cannot be read, which are then skipped. */
  readonly quarantine?: string | undefined;
  /**
   * Where JSONL names the model: in a file beside it, `OUT.model.json`, or in each record. Standard
   * output has no file beside it.
   */
  readonly identityIn: "file" | "record";
  /** Resumes a stopped or killed extract of the same job, or begins if there is none. */
  readonly resume: boolean;
  /** Seconds between points from which a killed extract can resume; defaults to 2. */
  readonly checkpointSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each record with the counts so far. */
  readonly onProgress?: ((counts: ExtractCounts) => void) | undefined;
  /** Called once if documents that were written before are kept. */
  readonly onResume?: ((counts: ExtractCounts) => void) | undefined;
  /** Called with what was kept if the extract stops early, before the reason is thrown. */
  readonly onStop?: ((kept: KeptOutput) => void) | undefined;
}

/** What a stopped extract leaves. */
export interface KeptOutput {
  readonly counts: ExtractCounts;
  /** Whether a record that cannot be read ended it. */
  readonly atRecord: boolean;
  /** The unfinished files; none for standard output. */
  readonly parts: readonly string[];
  /** Whether the extract can resume from there. */
  readonly resumable: boolean;
}
