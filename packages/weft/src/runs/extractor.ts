import {
  type BuiltModel,
  type Document,
  documentFromText,
  type Executor,
  type ExtractOptions,
  extract,
  type Predict,
  type TextOptions,
} from "@weft/core";
import { threadExecutor } from "../workers/thread-executor.ts";
import { type ComputeOptions, loadModel, threadCount } from "./model-folder.ts";

/** A trained model with its worker threads, for as many calls as wanted. Close it when done. */
export class Extractor {
  readonly model: BuiltModel;
  /** The threads' own work, for callers that put sentences of several documents together. */
  readonly predict: Predict;
  readonly #executor: Executor;

  private constructor(model: BuiltModel, executor: Executor) {
    this.model = model;
    this.#executor = executor;
    this.predict = (examples, how) => executor.predict(examples, how);
  }

  /** @param folder a model's folder or a run's @throws {FileError} @throws {ArchiveError} */
  static async open(folder: string, options: ComputeOptions = {}): Promise<Extractor> {
    const model = await loadModel(folder, options);
    return new Extractor(model, await threadExecutor(model, threadCount(options), options));
  }

  /** Annotates documents in a stream, in order, whatever annotation they came with. */
  documents(documents: Iterable<Document> | AsyncIterable<Document>, options: ExtractOptions = {}): AsyncGenerator<Document> {
    return extract(this.model, documents, { ...options, predict: options.predict ?? this.predict });
  }

  /** Entities and relations of one text. */
  async text(text: string, options: ExtractOptions & { readonly text?: TextOptions } = {}): Promise<Document> {
    for await (const document of this.documents([documentFromText("text", text, options.text)], options)) return document;
    throw new RangeError("one document in gives one document out");
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}
