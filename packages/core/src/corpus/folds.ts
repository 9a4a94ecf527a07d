import { Random } from "@weft-nlp/tensor";
import { ConfigError, DataError } from "../errors.ts";
import type { Sentence } from "../schema/index.ts";

export interface FoldOptions {
  /** At least 2. */
  readonly folds: number;
  readonly seed: number;
  /**
   * The share of the sentences outside a fold that becomes its dev part; a tenth where left out.
   */
  readonly devShare?: number | undefined;
}

/**
 * One fold: its test part is the fold itself, and every sentence of the corpus is in one of the
 * three, in the corpus's order.
 */
export interface Fold {
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test: readonly Sentence[];
}

/**
 * Cuts a corpus into folds by document, so that no document stands on two sides of a fold.
 *
 * A sentence's document is its `group`; sentences that name none are documents of their own.
 * Documents come in an order drawn by the seed, and each goes to the fold that has the fewest
 * sentences so far. The dev part of a fold is drawn from the other folds: their documents, in an
 * order drawn by the seed and the fold's number, until they hold `devShare` of those folds'
 * sentences.
 *
 * @throws {ConfigError} SETTING_INVALID when there are fewer than 2 folds, or the share leaves
 *   nothing to learn from
 * @throws {DataError} CORPUS_EMPTY when there are too few documents for every fold to have a train,
 *   a dev and a test part
 */
export function foldsOf(sentences: readonly Sentence[], options: FoldOptions): Fold[] {
  const { folds, seed, devShare = 0.1 } = options;
  if (!Number.isSafeInteger(folds) || folds < 2) throw invalid("folds", "a whole number of at least 2", folds);
  if (!(devShare > 0 && devShare < 1)) throw invalid("devShare", "a number between 0 and 1", devShare);
  const documents = documentsOf(sentences);
  const members = assign(Random.of(seed, "folds").shuffle([...documents]), folds);
  // Each fold needs a document to be tested on, and outside it one to learn from and one to choose
  // on.
  if (members.some((own) => own.length === 0 || documents.length - own.length < 2)) {
    throw new DataError("CORPUS_EMPTY", {
      message: `${documents.length} documents are too few for ${folds} folds that each have a train, a dev and a test part`,
      hint: "ask for another number of folds, or pool more data; sentences with the same `doc` are one document",
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

/** The places of a document's sentences in the corpus. */
type DocumentSentences = readonly number[];

/**
 * The documents in order of their first sentence. A sentence whose group is its own id names no
 * document, unless another sentence does name that one: ids such as line numbers repeat where files
 * are pooled, and say nothing.
 */
function documentsOf(sentences: readonly Sentence[]): DocumentSentences[] {
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

/** At least one document, and never all of them: something must be left to learn from. */
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
