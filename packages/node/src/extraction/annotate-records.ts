import type { Document } from "@weft-nlp/core";
import type { ExtractOptions } from "@weft-nlp/core/inference";
import type { Extractor } from "../extractor/extractor.ts";
import type { InputRecord } from "../files/read-records.ts";

/** A record of the input, and its document with the model's annotation if it has one. */
export interface AnnotatedRecord {
  readonly record: InputRecord;
  readonly document: Document | undefined;
}

/** Options of `annotateRecords`. */
export interface AnnotateOptions extends ExtractOptions {
  /**
   * Called with the first record that cannot be read, which then ends the stream. Without it, such
   * a record is yielded in its place.
   */
  readonly onFault?: ((record: InputRecord) => void) | undefined;
}

/**
 * Annotates a stream of records in order. Whatever ends the stream, a faulty record or a file that
 * cannot be read further, all records before it are yielded first; then it is thrown.
 *
 * @throws the error of a faulty record with `onFault`, and any error of the stream
 */
export async function* annotateRecords(
  extractor: Pick<Extractor, "documents">,
  records: AsyncIterable<InputRecord>,
  { onFault, ...options }: AnnotateOptions = {},
): AsyncGenerator<AnnotatedRecord> {
  const waiting: InputRecord[] = [];
  let failure: { readonly cause: unknown } | undefined;
  async function* documents(): AsyncGenerator<Document> {
    try {
      for await (const record of records) {
        if (onFault !== undefined && record.kind === "fault") {
          onFault(record);
          failure = { cause: record.error };
          return;
        }
        waiting.push(record);
        yield record.kind === "document" ? record.document : nothing;
      }
    } catch (cause) {
      failure = { cause };
    }
  }
  for await (const document of extractor.documents(documents(), options)) {
    const record = waiting.shift() as InputRecord;
    yield { record, document: record.kind === "document" ? document : undefined };
  }
  if (failure !== undefined) throw failure.cause;
}

/** Stands for a record without a document, so that all keep their order. */
const nothing: Document = { id: "", text: "", tokens: [], sentences: [], entities: [], relations: [], metadata: {} };
