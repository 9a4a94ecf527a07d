import { jsonl } from "@weft-nlp/core/formats";
import type { TripleOptions } from "@weft-nlp/core/triples";
import { kernelMark } from "@weft-nlp/tensor";
import { exists } from "../files/exists.ts";
import { writeJsonFile } from "../files/json-file.ts";
import { PartFile, partPathOf } from "../files/part-file.ts";
import { readRecords, recordInputOf } from "../files/read-records.ts";
import { standardStream } from "../files/read-text.ts";
import { annotateRecords } from "./annotate-records.ts";
import type { ExtractFilesInput } from "./extract-input.ts";
import {
  type ExtractCounts,
  type ExtractState,
  faultPolicy,
  noCounts,
  readExtractState,
  removeExtractState,
  statePathOf,
  writeExtractState,
} from "./extract-state.ts";
import {
  canBeContinued,
  type GrowingFile,
  type GrowingOutput,
  isDevice,
  type OutputTarget,
  openGrowing,
  openOutput,
} from "./growing-output.ts";
import { InputTrail } from "./input-trail.ts";
import { quarantined } from "./quarantine.ts";

/** One run of `extractFiles`. */
export class ExtractJob {
  readonly #input: ExtractFilesInput;
  readonly #outputs: GrowingOutput[] = [];
  #quarantine: GrowingFile | undefined;
  #atRecord = false;
  #counts = noCounts();
  readonly #trail = new InputTrail();
  #statePath: string | undefined;
  #saved = performance.now();
  /** Ends the reading of the input when an output fails. */
  readonly #stop = new AbortController();

  constructor(input: ExtractFilesInput) {
    this.#input = input;
  }

  async run(): Promise<ExtractCounts> {
    const { targets, files, quarantine } = this.#input;
    const resumable = targets.every(canBeContinued);
    const [first] = targets;
    if (resumable && first !== undefined) this.#statePath = statePathOf(await partPathOf(first.path));
    const state = await this.#earlierState();
    if (state?.complete === true) return this.#finishEarlier(this.#statePath as string, state);
    try {
      for (const [index, target] of targets.entries()) {
        this.#outputs.push(await openOutput(target, this.#writing(target), state?.outputs[index]));
      }
      if (quarantine !== undefined) this.#quarantine = await openGrowing(quarantine, state?.outputs[targets.length]);
      if (state !== undefined) {
        this.#counts = state.counts;
        this.#input.onResume?.(state.counts);
      }
      for (const [index, path] of files.entries()) await this.#read(index, path, state?.position);
      await this.#finish();
    } catch (cause) {
      this.#stop.abort();
      await this.#suspend();
      throw cause;
    }
    return this.#counts;
  }

  async #earlierState(): Promise<ExtractState | undefined> {
    if (this.#statePath === undefined) return undefined;
    if (this.#input.resume) return readExtractState(this.#statePath, this.#job());
    await removeExtractState(this.#statePath);
    return undefined;
  }

  async #read(index: number, path: string, before: ExtractState["position"] | undefined): Promise<void> {
    const { reading, extraction, extractor, onError, quarantine } = this.#input;
    const signal = AbortSignal.any([this.#stop.signal, ...(this.#input.signal === undefined ? [] : [this.#input.signal])]);
    const { recordInput = recordInputOf, otherRecords } = this.#input;
    const input = recordInput(path);
    const resume = await this.#trail.begin(index, path, { ...reading, signal }, before);
    if (resume === "done") return;
    const records =
      input === undefined && otherRecords !== undefined
        ? otherRecords(path, signal)
        : readRecords(path, { ...reading, input, signal, resume });
    const annotated = annotateRecords(extractor, records, {
      ...extraction,
      signal: this.#input.signal,
      ...(onError === "stop" && quarantine === undefined ? { onFault: () => (this.#atRecord = true) } : {}),
      onLongSentence: ({ windows, unread }) => {
        const { longSentences: long } = this.#counts;
        const longSentences = { sentences: long.sentences + 1, windows: long.windows + windows, unread: long.unread + unread };
        this.#counts = { ...this.#counts, longSentences };
      },
    });
    for await (const { record, document } of annotated) {
      if (document !== undefined) {
        const { records: all, documents, entities, relations } = this.#counts;
        for (const output of this.#outputs) await output.write(document);
        this.#counts.records = all + 1;
        this.#counts.documents = documents + 1;
        this.#counts.entities = entities + document.entities.length;
        this.#counts.relations = relations + document.relations.length;
      } else if (record.kind === "fault") {
        await this.#quarantine?.write(`${JSON.stringify(quarantined(record))}\n`);
        this.#counts.records++;
        this.#counts.faults++;
      }
      this.#trail.pass(record);
      this.#input.onProgress?.(this.#counts);
      const seconds = this.#input.checkpointSeconds ?? 2;
      if (performance.now() - this.#saved >= seconds * 1000) await this.#save(false);
    }
  }

  /** Notes how far everything is on disk. */
  async #save(complete: boolean): Promise<void> {
    const position = this.#trail.position;
    if (this.#statePath === undefined || position === undefined) return;
    const outputs: number[] = [];
    for (const file of [...this.#outputs, ...(this.#quarantine === undefined ? [] : [this.#quarantine])]) {
      const bytes = await file.flush();
      if (bytes === undefined) return;
      outputs.push(bytes);
    }
    await writeExtractState(this.#statePath, { job: this.#job(), position, outputs, counts: this.#counts, complete });
    // A slow disk must not spend all of the time on this.
    this.#saved = performance.now();
  }

  async #finish(): Promise<void> {
    if (this.#statePath !== undefined) await this.#save(true);
    await this.#nameModel();
    for (const output of this.#outputs) await output.finish();
    await this.#quarantine?.finish();
    if (this.#statePath !== undefined) await removeExtractState(this.#statePath);
  }

  /** An earlier extract wrote everything and was killed before each file had its name. */
  async #finishEarlier(statePath: string, { counts, outputs }: ExtractState): Promise<ExtractCounts> {
    this.#input.onResume?.(counts);
    const { targets, quarantine } = this.#input;
    const paths = [...targets.map(({ path }) => path), ...(quarantine === undefined ? [] : [quarantine])];
    await this.#nameModel();
    for (const [index, path] of paths.entries()) {
      if (!(await exists(await partPathOf(path)))) continue;
      const file = await PartFile.open(path, outputs[index]);
      await file.finish();
    }
    await removeExtractState(statePath);
    return counts;
  }

  /** Leaves what was written. A disk that is full keeps what it has. */
  async #suspend(): Promise<void> {
    await this.#save(false).catch(() => undefined);
    const files = [...this.#outputs, ...(this.#quarantine === undefined ? [] : [this.#quarantine])];
    for (const file of files) await file.suspend().catch(() => undefined);
    const parts: string[] = [];
    for (const { partPath } of files) if (partPath !== undefined && (await exists(partPath))) parts.push(partPath);
    const resumable = this.#statePath !== undefined && parts.length > 0 && (await exists(this.#statePath));
    if (this.#statePath !== undefined && !resumable) await removeExtractState(this.#statePath);
    this.#input.onStop?.({ counts: this.#counts, atRecord: this.#atRecord, parts, resumable });
  }

  /** Names the model beside each output that does not name it. */
  async #nameModel(): Promise<void> {
    for (const target of this.#input.targets) {
      if (target.path === standardStream || !this.#namesModelBeside(target) || (await isDevice(target.path))) continue;
      await writeJsonFile(`${target.path}.model.json`, { model: this.#input.identity });
    }
  }

  #namesModelBeside({ format }: OutputTarget): boolean {
    return format.name === jsonl.name && this.#input.identityIn === "file";
  }

  #writing(target: OutputTarget): TripleOptions {
    const { identity, writing, reading } = this.#input;
    const model = this.#namesModelBeside(target) ? undefined : identity;
    // The head of a table belongs to its first part.
    return { ...writing, model, continued: (reading.range?.start ?? 0) > 0 };
  }

  /** Everything that the output depends on besides the contents of the input. */
  #job(): ExtractState["job"] {
    const { identity, extractor, files, reading, targets, writing, extraction, onError, quarantine, identityIn } = this.#input;
    const { recordInput = recordInputOf } = this.#input;
    return {
      ...{
        model: identity,
        kernels: kernelMark(extractor.model.engine.build),
        files,
        ...reading,
        inputs: files.map((path) => recordInput(path) ?? "other"),
      },
      ...{ outputs: targets.map(({ path, format }) => [path, format.name]), ...writing, ...extraction, identity: identityIn },
      [faultPolicy]: quarantine === undefined ? onError : `quarantine ${quarantine}`,
    };
  }
}
