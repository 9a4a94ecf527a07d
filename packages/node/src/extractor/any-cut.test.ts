import { fileURLToPath } from "node:url";
import type { Document } from "@weft-nlp/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDocuments } from "../files/read-documents.ts";
import { Extractor } from "./extractor.ts";

const example = (name: string): string => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));

// Shards of a large corpus are compared by checksum. So a sentence has the same annotation, to the
// last bit of its confidences, wherever the input is cut.
describe.each([true, false])("the bundled model, deterministic: %s", (deterministic) => {
  let documents: Document[];
  let extractor: Extractor;
  let expected: Document[];

  beforeAll(async () => {
    documents = [];
    for await (const event of readDocuments(example("corpus/dev.jsonl"))) {
      if (event.kind === "document") documents.push(event.document);
    }
    extractor = await Extractor.open(example("model"), { deterministic, threads: 1 });
    expected = await annotate(extractor, documents);
  });

  afterAll(() => extractor.close());

  test("finds enough to compare", () => {
    expect(expected.flatMap(({ relations }) => relations).length).toBeGreaterThan(40);
    for (const { confidence } of expected.flatMap(({ entities }) => entities)) expect(confidence).toBeGreaterThan(0);
  });

  test("annotates a document alone as among others", async () => {
    const alone: Document[] = [];
    for (const document of documents) alone.push(...(await annotate(extractor, [document])));
    expect(alone).toEqual(expected);
  });

  test.each([1, 2, 3, 7, 31])("annotates alike in batches of %i", async (batch) => {
    expect(await annotate(extractor, documents, batch)).toEqual(expected);
  });

  test("annotates alike in another order, and among repeats", async () => {
    const others = documents.flatMap((document) => [document, document]).reverse();
    expect(await annotate(extractor, others, 17)).toEqual(expected.flatMap((document) => [document, document]).reverse());
  });

  test("annotates alike with three threads", async () => {
    const threads = await Extractor.open(example("model"), { deterministic, threads: 3 });
    expect(await annotate(threads, documents)).toEqual(expected);
    expect(await annotate(threads, documents, 5)).toEqual(expected);
    await threads.close();
  });
});

async function annotate(extractor: Extractor, documents: readonly Document[], batch?: number): Promise<Document[]> {
  const found: Document[] = [];
  for await (const document of extractor.documents(documents, { batch })) found.push(document);
  return found;
}
