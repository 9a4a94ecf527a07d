import type { Tokenizer } from "@huggingface/tokenizers";
import { ArchiveError } from "../../errors.ts";

/** The pieces that a pretrained encoder reads instead of words. */
export interface WordPieces {
  /** The pieces before every sentence, such as [CLS]. */
  readonly before: Int32Array;
  /** The pieces after every sentence, such as [SEP]. */
  readonly after: Int32Array;
  /** The number of pieces that are known, and one more than the highest. */
  readonly size: number;
  /** The pieces of a word; at least one. */
  of(word: string): Int32Array;
}

/**
 * More of a word than this, in UTF-16 units, is not read: no word is so long, and a blob can be.
 */
const wordLimit = 400;

/** Words whose pieces are kept. */
const keptWords = 100_000;

/**
 * Reads the pieces of a `tokenizer.json` in the form of Hugging Face: WordPiece, byte-level BPE,
 * Unigram and whatever else `@huggingface/tokenizers` knows. That package is loaded here, when it
 * is needed.
 *
 * @param value the file's JSON
 * @throws {ArchiveError} ARCHIVE_INVALID if it is none that can be read
 */
export async function openWordPieces(value: unknown, source: string): Promise<WordPieces> {
  const { Tokenizer: Reader } = await import("@huggingface/tokenizers");
  const invalid = (message: string, cause?: unknown): ArchiveError =>
    new ArchiveError("ARCHIVE_INVALID", {
      at: { source },
      message,
      hint: "expected the tokenizer.json of a model of the BERT family, as Hugging Face writes it",
      cause,
    });
  if (!isTokenizerFile(value)) throw invalid("the file has no model with a vocabulary");
  const fault = faultOf(value.model);
  if (fault !== undefined) throw invalid(fault);
  try {
    // The package reads the rest of the file itself, and some parts of it fail only when they are
    // used.
    const tokenizer = new Reader(value, {});
    const known = [...tokenizer.get_vocab().values()];
    const size = known.reduce((highest, id) => Math.max(highest, id), -1) + 1;
    const unknown = unknownPiece(value, tokenizer);
    if (unknown === undefined) throw invalid("the vocabulary has no piece for what it does not know");
    return new TokenizerPieces(tokenizer, { size, unknown, spaced: isByteLevel(value.pre_tokenizer) });
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    throw invalid(`its parts cannot be read: ${cause instanceof Error ? cause.message : "unknown"}`, cause);
  }
}

interface TokenizerFile {
  readonly model: { readonly vocab: object } & Readonly<Record<string, unknown>>;
  readonly pre_tokenizer?: unknown;
}

function isTokenizerFile(value: unknown): value is TokenizerFile {
  if (typeof value !== "object" || value === null || !("model" in value)) return false;
  const { model } = value;
  return (
    typeof model === "object" && model !== null && "vocab" in model && typeof model.vocab === "object" && model.vocab !== null
  );
}

/** Older files do not name their type. */
const types: readonly unknown[] = ["WordPiece", "BPE", "Unigram", undefined];

/** What is wrong with a vocabulary that the package would take. */
function faultOf({ type, vocab }: TokenizerFile["model"]): string | undefined {
  if (!types.includes(type)) return `its model has the type ${JSON.stringify(type)}, expected WordPiece, BPE or Unigram`;
  if (Array.isArray(vocab)) return vocab.length === 0 ? "the vocabulary is empty" : undefined;
  const ids = Object.values(vocab);
  if (ids.length === 0) return "the vocabulary is empty";
  const isNumber = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) >= 0;
  return ids.every(isNumber) ? undefined : "the vocabulary has a piece without a number";
}

class TokenizerPieces implements WordPieces {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly size: number;
  readonly #tokenizer: Tokenizer;
  readonly #unknown: number;
  readonly #space: string;
  readonly #known = new Map<string, Int32Array>();

  constructor(tokenizer: Tokenizer, { size, unknown, spaced }: { size: number; unknown: number; spaced: boolean }) {
    this.#tokenizer = tokenizer;
    this.size = size;
    this.#unknown = unknown;
    this.#space = spaced ? " " : "";
    const word = this.of("a");
    const whole = idsOf(tokenizer, `${this.#space}a`, true);
    const start = whole.findIndex((_, place) => word.every((id, k) => whole[place + k] === id));
    this.before = Int32Array.from(whole.slice(0, Math.max(0, start)));
    this.after = Int32Array.from(whole.slice(Math.max(0, start) + word.length));
  }

  of(word: string): Int32Array {
    const found = this.#known.get(word);
    if (found !== undefined) return found;
    const ids = idsOf(this.#tokenizer, this.#space + word.slice(0, wordLimit), false);
    const pieces = Int32Array.from(ids.length === 0 ? [undefined] : ids, (id) => id ?? this.#unknown);
    if (this.#known.size >= keptWords) this.#known.clear();
    this.#known.set(word, pieces);
    return pieces;
  }
}

/** Byte-level BPE gives undefined for a byte that its vocabulary lacks. */
function idsOf(tokenizer: Tokenizer, text: string, special: boolean): readonly (number | undefined)[] {
  return tokenizer.encode(text, { add_special_tokens: special }).ids as (number | undefined)[];
}

/**
 * Whether pieces tell the beginning of a word by the space before it (byte-level BPE, as in
 * RoBERTa), so that a word on its own is read with one.
 */
function isByteLevel(splitter: unknown): boolean {
  if (typeof splitter !== "object" || splitter === null) return false;
  if ("pretokenizers" in splitter && Array.isArray(splitter.pretokenizers)) {
    return splitter.pretokenizers.some(isByteLevel);
  }
  return "type" in splitter && splitter.type === "ByteLevel";
}

function unknownPiece({ model }: TokenizerFile, tokenizer: Tokenizer): number | undefined {
  const { unk_token: name, unk_id: id } = model;
  if (typeof id === "number") return id;
  const names = [typeof name === "string" ? name : "", "[UNK]", "<unk>"];
  return names.map((each) => tokenizer.token_to_id(each)).find((each) => each !== undefined);
}
