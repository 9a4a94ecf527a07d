import { Random } from "@weft-nlp/tensor";
import { ConfigError, DataError } from "../errors.ts";
import type { Sentence } from "../schema/index.ts";

/** How `foldsOf` divides a corpus. */
export interface FoldOptions {
  /** At least 2. */
  readonly folds: number;
  readonly seed: number;
  /** The share of the sentences outside a fold that becomes its dev part. Defaults to a tenth. */
  readonly devShare?: number | undefined;
}

/**
 * One fold. Its test part is the fold itself. Every sentence of the corpus is in one of the three
 * parts, in corpus order.
 */
export interface Fold {
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test: readonly Sentence[];
}

/**
 * Splits a corpus into folds by document, so that no document is in two parts of a fold.
 *
 * A sentence's document is its `group`; each sentence without one is its own document. Documents
 * are shuffled by the seed, and each goes to the fold with the fewest sentences so far. The dev
 * part of a fold comes from the other folds: their documents, shuffled by the seed and the fold's
 * number, until they hold `devShare` of those sentences.
 *
 * @throws {ConfigError} SETTING_INVALID when there are fewer than 2 folds, or `devShare` is not
 * between 0 and 1
 * @throws {DataError} CORPUS_EMPTY when there are too few documents for every fold to have a train,
 * a dev and a test part
 */
export function foldsOf(sentences: readonly Sentence[], options: FoldOptions): Fold[] {
  const { folds, seed, devShare = 0.1 } = options;
  if (!Number.isSafeInteger(folds) || folds < 2) throw invalid("folds", "a whole number of at least 2", folds);
  if (!(devShare > 0 && devShare < 1)) throw invalid("devShare", "a number between 0 and 1", devShare);
  const documents = documentsOf(sentences);
  const members = assign(Random.of(seed, "folds").shuffle([...documents]), folds);
  // Each fold needs one document for testing, and outside it one for training and one for dev.
  if (members.some((own) => own.length === 0 || documents.length - own.length < 2)) {
    throw new DataError("CORPUS_EMPTY", {
      message: `${documents.length} documents are too few for ${folds} folds that each have a train, a dev and a test part`,
      hint: "use fewer folds or more data; sentences with the same `doc` are one document",
    });
  }
  return members.map((test, fold) => {
    const others = members.flatMap((documents, index) => (index === fold ? [] : documents));
    const dev = firstOf(Random.of(seed, "dev", fold).shuffle(others), devShare);
    const [inTest, inDev] = [new Set(test.flat()), new Set(dev.flat())];
    return {
      train: sentences.filter((_, index) => !inTest.has(index) && !inDev.has(index)),
      dev: sentences.filter((_, index) => inDev.has(index)),
      test: sentences.filter((_, index) => inTest.has(index)),
    };
  });
}

/** The indices of a document's sentences in the corpus. */
export type DocumentSentences = readonly number[];

/**
 * The documents in order of their first sentence. A sentence whose group is its own id has no
 * document, unless another sentence names that group: ids such as line numbers repeat when files
 * are pooled, and mean nothing.
 */
export function documentsOf(sentences: readonly Sentence[]): DocumentSentences[] {
  const named = new Set(sentences.flatMap(({ id, group }) => (group === undefined || group === id ? [] : [group])));
  const documents = new Map<string | number, number[]>();
  for (const [index, { id, group = id }] of sentences.entries()) {
    const key = named.has(group) ? group : index;
    const known = documents.get(key);
    if (known === undefined) documents.set(key, [index]);
    else known.push(index);
  }
  return [...documents.values()];
}

function assign(documents: readonly DocumentSentences[], folds: number): DocumentSentences[][] {
  const members: DocumentSentences[][] = Array.from({ length: folds }, () => []);
  const sizes = new Array<number>(folds).fill(0);
  for (const document of documents) {
    const min = sizes.indexOf(Math.min(...sizes));
    members[min]?.push(document);
    sizes[min] = (sizes[min] ?? 0) + document.length;
  }
  return members;
}

/** At least one document, and never all: training needs the rest. */
function firstOf(documents: readonly DocumentSentences[], share: number): DocumentSentences[] {
  const wanted = share * documents.reduce((sum, document) => sum + document.length, 0);
  const taken: DocumentSentences[] = [];
  let size = 0;
  for (const document of documents.slice(0, -1)) {
    if (taken.length > 0 && size >= wanted) break;
    taken.push(document);
    size += document.length;
  }
  return taken;
}

function invalid(path: string, expected: string, found: number): ConfigError {
  return new ConfigError("SETTING_INVALID", { at: { path }, message: `expected ${expected}, found ${found}` });
}
