import { DataError, type Location } from "../errors.ts";
import type { Document, Entity } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { printRow, readTable, type TableRow } from "./shared/delimited.ts";
import { wordsOf } from "./shared/mentions.ts";
import { cellOf, findColumns, looksLikeTable, namesPairs, type TableColumns } from "./shared/pair-columns.ts";
import { codePointsOf, type GivenEnd, placeEnds } from "./shared/pair-places.ts";
import { omitNegatives, type PairEnd, type PairRecord, pairsOf, readPair, sentencesOfPairs } from "./shared/pairs.ts";
import { fittedRecords, type Omit } from "./shared/records.ts";

/** DeepKE's name for "no relation", the first of its relations. */
const noRelation = ["None"];

/**
 * A table with a pair per row, as DeepKE has it and as people make it: a sentence, its head, its
 * tail and their relation, with or without offsets and types.
 *
 * Columns are found by usual names, or by `columns`. Offsets count code points, or UTF-16 units if
 * the words are there. Every sentence is one sentence of Weft. The rows of one sentence become
 * one; a column `sentence_id` keeps equal sentences apart.
 */
export const pairs: Format = {
  name: "pairs",
  title: "CSV or TSV of pairs",
  extensions: [".csv", ".tsv"],
  holds: {
    record: "sentence",
    text: false,
    tokens: false,
    offsets: "code points",
    entities: "in relations",
    entityTypes: "optional",
    relations: true,
    overlapping: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises(beginning, fileName) {
    return namesPairs(beginning) || (fileName.endsWith(".csv") && looksLikeTable(beginning));
  },

  async *read(chunks, options = {}) {
    const { source } = options;
    const negatives = new Set(options.negatives ?? noRelation);
    let columns: TableColumns | undefined;
    let width = 0;
    let headerLine = 1;
    let index = 0;
    async function* records() {
      for await (const row of readTable(chunks, source)) {
        if (row.cells.every((cell) => cell.trim() === "")) continue;
        const at = { source, line: row.line };
        if (columns === undefined) {
          columns = findColumns(row.cells, options.columns, at);
          width = row.cells.length;
          headerLine = row.line;
          if (!columns.headless) continue;
        }
        checkWidth(row, width, at);
        const [table, number] = [columns, ++index];
        const hasId = cellOf(row, table, "sentence_id") !== "";
        const pair = readPair(at, (omit) => readRow(row, table, number, negatives, options, omit), options.onInvalid);
        if (pair !== undefined) yield { ...pair, hasId };
      }
    }
    for await (const event of sentencesOfPairs(records())) {
      if (columns !== undefined) {
        for (const name of columns.others) {
          const omission = { source, line: headerLine, path: name, reason: "Weft does not read this column" };
          yield { kind: "omission", omission };
        }
        columns = { ...columns, others: [] };
      }
      yield event;
    }
  },

  async *write(documents) {
    const negatives = new Set(noRelation);
    yield { kind: "text", text: printRow(written) };
    for await (const { record, omit, omissions } of fittedRecords(documents, pairs)) {
      omitNegatives(record, negatives, omit);
      omitSpaceAround(record, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text: printSentence(record) };
    }
  },
};

const written = [
  ...["sentence_id", "sentence", "relation"],
  ...["head", "head_type", "head_offset"],
  ...["tail", "tail_type", "tail_offset"],
];

function checkWidth({ cells }: TableRow, width: number, at: Location): void {
  if (cells.length === width || (cells.length > width && cells.slice(width).every((cell) => cell.trim() === ""))) return;
  throw new DataError("FIELD_INVALID", {
    at,
    message: `the row has ${cells.length} cells, and the first row has ${width}`,
    hint: "a cell with the separator inside must be in quotes",
  });
}

function readRow(
  row: TableRow,
  columns: TableColumns,
  number: number,
  negatives: ReadonlySet<string>,
  options: ReadOptions,
  omit: Omit,
): PairRecord {
  const at = { source: options.source, line: row.line };
  const cell = (column: Parameters<typeof cellOf>[2]): string => cellOf(row, columns, column);
  const id = cell("sentence_id") === "" ? `row-${number}` : cell("sentence_id");
  const group = cell("doc");
  const text = documentFromText(id, cell("sentence"), { sentences: "one", ...options.text });
  const plain = group === "" ? text : { ...text, metadata: { doc: group } };
  const ends = (["head", "tail"] as const).map((end): GivenEnd => {
    const place = (column: `${typeof end}_offset` | `${typeof end}_end`) => numberIn(cell(column), column, at);
    return { path: end, words: cell(end), offset: place(`${end}_offset`), end: place(`${end}_end`) };
  }) as [GivenEnd, GivenEnd];
  const label = cell("relation").trim();
  const type = label === "" || negatives.has(label) ? undefined : label;
  if (ends.every(({ words, offset }) => words.trim() === "" && offset === undefined)) {
    if (type !== undefined) omit("relation", "the relation has no ends; it was left out");
    return { plain };
  }
  const spans = placeEnds(plain, ends, { unit: options.offsetUnit, rule: options.mentions ?? "nearest", at, omit });
  if (spans === undefined) return { plain };
  const [head, tail] = spans.map((span, index): PairEnd => {
    const name = cell(index === 0 ? "head_type" : "tail_type").trim();
    return { ...span, type: name === "" ? null : name };
  });
  return { plain, pair: { head: head as PairEnd, tail: tail as PairEnd, type } };
}

/** Reports types that begin or end with white space: the reader takes it for the table's own. */
function omitSpaceAround({ entities, relations }: Document, omit: Omit): void {
  for (const [path, items] of Object.entries({ entities, relations })) {
    for (const [index, { type }] of items.entries()) {
      if (type !== null && type !== type.trim())
        omit(`${path}[${index}].type`, `in this format a cell cannot begin or end with white space: ${JSON.stringify(type)}`);
    }
  }
}

function numberIn(cell: string, path: string, at: Location): number | undefined {
  if (cell.trim() === "") return undefined;
  // A column of numbers with gaps is written with decimals by some tools.
  if (/^\s*\d+(?:\.0)?\s*$/.test(cell)) return Number(cell);
  throw new DataError("FIELD_INVALID", {
    at: { ...at, path },
    message: `expected a number of characters, found ${JSON.stringify(cell.slice(0, 60))}`,
  });
}

function printSentence(record: Document): string {
  const end = (entity: Entity): readonly string[] => [
    wordsOf(record, entity),
    entity.type ?? "",
    String(codePointsOf(record, entity).start),
  ];
  const rows = pairsOf(record).map((pair) => {
    const cells = pair === undefined ? ["", "", "", "", "", "", ""] : [pair.type, ...end(pair.head), ...end(pair.tail)];
    return printRow([record.id, record.text, ...cells]);
  });
  return rows.join("");
}
