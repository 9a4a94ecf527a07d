import type { ExtractOptions } from "@weft-nlp/api";
import type { LongSentence } from "@weft-nlp/core/inference";
import { turns } from "../http/turns.ts";
import type { JobOptions } from "./batch-job.ts";
import { type FoundDocument, foundDocument, type ReadRequest } from "./extraction.ts";
import type { ServedModel } from "./model-registry.ts";

/**
 * Extracts from texts in order; their sentences share batches with those of other clients.
 *
 * If the queue is full, the first sentences are refused. Later ones wait for room, so a request
 * that has begun is never refused halfway.
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
 * @param given receives each request whose document is taken
 *
 * Not a closure: V8 makes a hidden class for each generator closure, which keeps the whole request
 * alive until the next full garbage collection.
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
 * Sentences of one request that are queued at a time: enough for two batches, few enough that large
 * requests take turns.
 */
const sentencesAtOnce = 64;
