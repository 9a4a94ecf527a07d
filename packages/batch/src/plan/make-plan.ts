import { createHash } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "@weft-nlp/node/errors";
import { fileFailure, type InputKind, recordInputFor, standardStream, writeAll } from "@weft-nlp/node/files";
import { BatchError } from "../errors.ts";
import type { Store } from "../store/index.ts";
import type { BatchOptions, Plan, PlannedInput, Shard } from "../types.ts";
import { fileChecksum, sampleChecksum } from "./checksum.ts";
import { cutInput } from "./cut-input.ts";
import { planName } from "./read-plan.ts";
import { seekCuts } from "./seek-cuts.ts";

/** What to plan. */
export interface PlanInput {
  readonly store: Store;
  readonly files: readonly string[];
  /** A model's folder or a run's. */
  readonly model: string;
  /** How files become records; defaults to `auto`. */
  readonly input?: InputKind | undefined;
  readonly options: Omit<BatchOptions, "ids">;
  /** The max records of a shard. */
  readonly shardRecords: number;
  /**
   * `full` reads every input, which gives each shard its line, its records and a checksum of its
   * own. `sampled` reads only around the cuts, and names records by byte.
   */
  readonly checksum: "full" | "sampled";
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of input that are planned. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Plans a batch, in memory that does not grow with the inputs. Planning the same again changes
 * nothing.
 *
 * @throws {UsageError} for standard input
 * @throws {BatchError} INPUT_UNPLANNABLE
 * @throws {FileError} OUTPUT_EXISTS if the store holds another plan, or when the system refuses
 */
export async function makePlan(given: PlanInput): Promise<Plan> {
  const { store, files, model, checksum } = given;
  for (const file of files) {
    if (file === standardStream) throw new UsageError("a batch needs files: standard input cannot be read twice");
  }
  const kinds = await Promise.all(files.map(async (path) => kindOf(path, given)));
  // Commands that only read a plan start without the modules of models.
  const { modelIdentity } = await import("./model-identity.ts");
  const identity = await modelIdentity(model);
  const list = await ShardList.open(store);
  try {
    const inputs: PlannedInput[] = [];
    for (const [index, name] of files.entries()) {
      const input = { name, path: resolve(name), kind: kinds[index] ?? "text" };
      inputs.push(await planInput(input, index, list, given));
    }
    const shards = await list.close();
    const facts = {
      model: { path: resolve(model), identity },
      inputs,
      options: withoutUndefined({ ...given.options, ids: checksum === "full" ? "line" : "byte" }),
      shards,
      ...(list.records === undefined ? {} : { records: list.records }),
    };
    const id = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
    const plan: Plan = { format: "weft-batch", version: 1, id, ...facts };
    await list.keep(shards.file);
    await putPlan(store, plan);
    return plan;
  } catch (cause) {
    await list.abort();
    throw cause;
  }
}

async function kindOf(path: string, { input, options }: PlanInput): Promise<PlannedInput["kind"]> {
  const status = await stat(path).catch((cause: unknown) => {
    throw fileFailure(cause, path, "read");
  });
  const kind = status.isFile() ? await recordInputFor(path, { input, newlines: options.newlines }) : undefined;
  if (kind !== undefined) return kind;
  throw new BatchError("INPUT_UNPLANNABLE", {
    at: { source: path },
    message: `expected text with a document per line or paragraph, or JSONL, found ${status.isFile() ? "another kind of file" : "no regular file"}`,
    hint: status.isFile()
      ? "if each line is a document, say so with --input line; weft convert --to jsonl turns other data into JSONL"
      : "name the files themselves",
  });
}

/** Cuts one input into shards and adds them to the list. */
async function planInput(
  { name, path, kind }: Pick<PlannedInput, "name" | "path" | "kind">,
  index: number,
  list: ShardList,
  { options: { blank }, shardRecords: records, checksum, signal, onBytes }: PlanInput,
): Promise<PlannedInput> {
  const { size: bytes } = await stat(path);
  const packed = await isPacked(path);
  const sample = await sampleChecksum(path);
  const cutting = { kind, blank, signal };
  const input = { name, path, kind, bytes, packed };
  if (checksum === "sampled") {
    const cuts = packed ? [{ start: 0 }] : seekCuts(path, bytes, { ...cutting, records });
    for await (const cut of cuts) await list.add({ input: index, ...cut });
    if (packed || bytes > 0) list.records = undefined;
    onBytes?.(bytes);
    return { ...input, checksum: { kind: checksum, sha256: sample, sample } };
  }
  const hash = createHash("sha256");
  const onPiece = (piece: Uint8Array): void => {
    if (packed) return;
    hash.update(piece);
    onBytes?.(piece.length);
  };
  const whole = { records: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };
  for await (const cut of cutInput(path, { ...cutting, onPiece, ...(packed ? whole : { records }) })) {
    const { end, ...rest } = cut;
    await list.add({ input: index, ...rest, ...(packed ? {} : { end }) });
    if (list.records !== undefined) list.records += cut.records;
  }
  if (packed) onBytes?.(bytes);
  const sha256 = packed ? await fileChecksum(path, signal) : hash.digest("hex");
  return { ...input, checksum: { kind: checksum, sha256, sample } };
}

async function isPacked(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function withoutUndefined(options: BatchOptions): BatchOptions {
  return JSON.parse(JSON.stringify(options)) as BatchOptions;
}

async function putPlan(store: Store, plan: Plan): Promise<void> {
  const text = `${JSON.stringify(plan, undefined, 2)}\n`;
  if (await store.put(planName, text)) return;
  if ((await store.read(planName)) === text) return;
  throw new UsageError(`${store.place} holds the plan of another batch`, "plans never change: name another folder with --out");
}

/** The lines of the list of shards, written as they are found. */
class ShardList {
  readonly #store: Store;
  readonly #scratch: string;
  readonly #handle: Awaited<ReturnType<typeof open>>;
  readonly #hash = createHash("sha256");
  #lines: string[] = [];
  #count = 0;
  #closed = false;
  /** Of all inputs so far; undefined once one of them was not read. */
  records: number | undefined = 0;

  private constructor(store: Store, scratch: string, handle: Awaited<ReturnType<typeof open>>) {
    this.#store = store;
    this.#scratch = scratch;
    this.#handle = handle;
  }

  static async open(store: Store): Promise<ShardList> {
    const scratch = await store.scratch("shards.jsonl");
    const handle = await open(scratch, "wx").catch((cause: unknown) => {
      throw fileFailure(cause, scratch, "write");
    });
    return new ShardList(store, scratch, handle);
  }

  async add(shard: Omit<Shard, "id">): Promise<void> {
    this.#lines.push(`${JSON.stringify({ id: String(this.#count++), ...shard })}\n`);
    if (this.#lines.length >= 1000) await this.#flush();
  }

  async close(): Promise<Plan["shards"]> {
    await this.#flush();
    await this.#end();
    const sha256 = this.#hash.digest("hex");
    return { file: `shards.${sha256.slice(0, 16)}.jsonl`, count: this.#count, sha256 };
  }

  async keep(name: string): Promise<void> {
    await this.#store.putFile(name, this.#scratch);
  }

  async abort(): Promise<void> {
    await this.#end();
    await rm(this.#scratch, { force: true });
  }

  async #end(): Promise<void> {
    if (!this.#closed) await this.#handle.close();
    this.#closed = true;
  }

  async #flush(): Promise<void> {
    const text = this.#lines.join("");
    this.#lines = [];
    this.#hash.update(text);
    try {
      await writeAll(this.#handle, [text]);
    } catch (cause) {
      throw fileFailure(cause, this.#scratch, "write");
    }
  }
}
