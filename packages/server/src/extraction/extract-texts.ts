import type { ExtractOptions } from "@weft-nlp/api";
import type { LongSentence } from "@weft-nlp/core/inference";
import { turns } from "../http/turns.ts";
import type { JobOptions } from "./batch-job.ts";
import { type FoundDocument, foundDocument, type ReadRequest } from "./extraction.ts";
import type { ServedModel } from "./model-registry.ts";

/**
 * What the model finds in some texts, in order, each sentence in a batch with those of other
 * clients.
 *
 * The first sentences are refused where the queue has no room; those behind them wait for it, so
 * that a request that was taken is not refused in its middle.
 */
export async function* extractTexts(
  { extractor, batcher }: ServedModel,
  requests: Iterable<ReadRequest>,
  options: ExtractOptions,
  job: JobOptions,
): AsyncGenerator<FoundDocument> {
  const given: ReadRequest[] = [];
  const long: LongSentence[] = [];
  let taken = job.patient === true;
  const { threshold, minConfidence, window, overlap } = options;
  const found = extractor.documents(documentsOf(requests, given), {
    threshold,
    minConfidence,
    window,
    overlap,
    batch: sentencesAtOnce,
    signal: job.signal,
    onLongSentence: (sentence) => void long.push(sentence),
    predict: async (examples, how) => {
      const patient = taken;
      taken = true;
      return batcher.predict(examples, how, { ...job, patient });
    },
  });
  for await (const document of found) {
    const request = given.shift() as ReadRequest;
    yield foundDocument(request, document, long.splice(0));
  }
}

/**
 * @param given takes each request whose document is taken
 *
 * A function of its own: V8 makes a hidden class for each closure that is a generator, which keeps
 * what the closure sees, the whole request, until the next collection of all memory.
 */
async function* documentsOf(requests: Iterable<ReadRequest>, given: ReadRequest[]): AsyncGenerator<ReadRequest["document"]> {
  const pause = turns();
  for (const request of requests) {
    given.push(request);
    yield request.document;
    await pause();
  }
}

/**
 * Sentences of one request that wait for batches at a time: enough for two batches, little enough
 * that large requests take turns.
 */
const sentencesAtOnce = 64;
