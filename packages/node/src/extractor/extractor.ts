import type { Document } from "@weft-nlp/core";
import { type BuiltModel, type ExtractOptions, extract, type Predict, predictionChunk } from "@weft-nlp/core/inference";
import { documentFromText, type TextOptions } from "@weft-nlp/core/text";
import type { WorkerError } from "../errors.ts";
import { type ThreadExecutor, type ThreadOptions, threadExecutor } from "../workers/thread-executor.ts";
import { type ComputeOptions, loadModel, threadCount } from "./model-folder.ts";

/** A trained model with its worker threads, for any number of calls. Close it when done. */
export class Extractor {
  readonly model: BuiltModel;
  /** Direct access to the threads, for callers that batch sentences of several documents. */
  readonly predict: Predict;
  readonly #threads: number;
  readonly #executor: ThreadExecutor;

  private constructor(model: BuiltModel, threads: number, executor: ThreadExecutor) {
    this.model = model;
    this.#threads = threads;
    this.#executor = executor;
    this.predict = (examples, how) => executor.predict(examples, how);
  }

  /** @param folder a model's folder or a run's @throws {FileError} @throws {ArchiveError} */
  static async open(folder: string, options: ComputeOptions & ThreadOptions = {}): Promise<Extractor> {
    const model = await loadModel(folder, options);
    const threads = threadCount(options);
    const onDemand = options.background !== true;
    return new Extractor(model, threads, await threadExecutor(model, threads, { onDemand, ...options }));
  }

  /**
   * Why this model no longer predicts anything: its threads kept ending. `undefined` while it
   * works.
   */
  get failure(): WorkerError | undefined {
    return this.#executor.failure;
  }

  /**
   * Runs a small prediction in each thread.
   *
   * @throws {WorkerError} if a thread ends during it
   */
  async checkThreads(): Promise<void> {
    const example = this.model.encoder.encode({ id: "check", tokens: ["."], entities: [], relations: [] });
    await this.predict(
      Array.from({ length: this.#threads * predictionChunk.sentences }, () => example),
      { threshold: 1 },
    );
  }

  /**
   * Annotates a stream of documents in order, and ignores their existing annotation. With several
   * threads it reads the stream ahead, so that no thread waits for the next sentences.
   */
  documents(documents: Iterable<Document> | AsyncIterable<Document>, options: ExtractOptions = {}): AsyncGenerator<Document> {
    const ahead = options.predict === undefined && this.#threads > 1 ? batchesAhead : 0;
    return extract(this.model, documents, { ahead, ...options, predict: options.predict ?? this.predict });
  }

  /** Finds the entities and relations of one text. */
  async text(text: string, options: ExtractOptions & { readonly text?: TextOptions } = {}): Promise<Document> {
    for await (const document of this.documents(
      [documentFromText("text", text, { ...this.model.description.text, ...options.text })],
      options,
    ))
      return document;
    throw new RangeError("expected one document for one text");
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}

/** One waits in the queue of the threads while another is predicted. */
const batchesAhead = 1;
