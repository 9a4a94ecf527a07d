import { fileURLToPath } from "node:url";
import { type Document, type Sentence, sentencesOf } from "@weft-nlp/core";
import { type BuiltModel, extract, type Predict } from "@weft-nlp/core/inference";
import { type EndEvent, parseConfig, train } from "@weft-nlp/core/training";
import { bestBuild } from "@weft-nlp/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { readDocuments } from "../files/read-documents.ts";
import { prepareKernels } from "../workers/prepare-kernels.ts";
import { threadExecutor } from "../workers/thread-executor.ts";

prepareKernels();

const corpus = fileURLToPath(new URL("../../../../examples/corpus/dev.jsonl", import.meta.url));
const words = { size: 12 };

const models = {
  "joint-nn": {
    inputs: { words, characters: { size: 4, filters: 5 } },
    ...{ hiddenSize: 10, spanFilters: 8, mlpSize: 16, distances: 4 },
  },
  "bio-mtl": {
    inputs: { words, tags: { size: 3 } },
    ...{ positionSize: 3, positions: 5, windows: [2, 3], filters: 8, hiddenSize: 16 },
  },
};

// As `any-cut.test.ts`, for models that find spans or are given them, with few steps of training.
const cases = Object.entries(models).flatMap(([name, settings]) =>
  [...new Set(["baseline", bestBuild()] as const)].map((build) => ({ name, build, settings })),
);
describe.each(cases)("$name, $build kernels", ({ name, build, settings }) => {
  let documents: Document[];
  let built: BuiltModel;
  let expected: Document[];

  beforeAll(async () => {
    documents = [];
    const sentences: Sentence[] = [];
    for await (const event of readDocuments(corpus)) {
      if (event.kind !== "document") continue;
      documents.push(event.document);
      sentences.push(...sentencesOf(event.document, event.at).sentences);
    }
    const config = parseConfig({
      data: { train: "train", dev: "dev" },
      model: { name, ...settings },
      training: { epochs: 2 },
    });
    const engine = { build, shared: true };
    let end: EndEvent | undefined;
    for await (const event of train({ config, train: sentences, dev: sentences, engine })) if (event.kind === "end") end = event;
    built = (end as EndEvent).model;
    expected = await annotate(documents);
  });

  async function annotate(given: readonly Document[], batch?: number, predict?: Predict): Promise<Document[]> {
    const found: Document[] = [];
    for await (const document of extract(built, given, { predict, batch, threshold: 0.05 })) found.push(document);
    return found;
  }

  test("finds enough to compare", () => {
    expect(expected.flatMap(({ relations }) => relations).length).toBeGreaterThan(40);
  });

  test("annotates a document alone as among others, and in any batch", async () => {
    const alone: Document[] = [];
    for (const document of documents) alone.push(...(await annotate([document])));
    expect(alone).toEqual(expected);
    for (const batch of [2, 7, 31]) expect(await annotate(documents, batch)).toEqual(expected);
  });

  test("annotates alike with three threads", async () => {
    const executor = await threadExecutor(built, 3);
    expect(await annotate(documents, 5, (examples, how) => executor.predict(examples, how))).toEqual(expected);
    await executor.close();
  });
});
