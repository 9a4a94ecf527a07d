import { type Document, type Entity, type Omission, validateDocument } from "../schema/index.ts";
import { exportedName, FileNames } from "./file-names.ts";
import type { Format } from "./format.ts";
import { fitDocument } from "./shared/fit.ts";
import { inceptionHolds as holds, layers } from "./shared/layers.ts";
import { readLineGroups } from "./shared/lines.ts";
import type { Omit } from "./shared/records.ts";
import { looksLikeTsv, parseLines } from "./webanno-tsv-lines.ts";
import { documentFromTsv } from "./webanno-tsv-read.ts";

/**
 * WebAnno TSV 3.x, which INCEpTION and WebAnno export: a file for each document, with a row for
 * each token and columns for the features of the layers.
 *
 * Every span layer that does not describe tokens marks mentions, and the feature called `value`,
 * `label` or the like is their type; a layer without features is itself the type. Relations go from
 * the source that a row names to the span of the row. The links of a span layer (slots) become
 * relations with their role as type. Offsets count UTF-16 units unless the tokens match better with
 * code points. Chains and other layers are reported.
 */
export const webannoTsv: Format = {
  name: "webanno-tsv",
  title: "WebAnno TSV 3 (INCEpTION)",
  extensions: [".tsv"],
  layout: "folder",
  commonEnding: true,
  holds,

  recognises: looksLikeTsv,

  async *read(chunks, options = {}) {
    const { source } = options;
    const file = await parseLines(readLineGroups(chunks, source), source);
    if (file.sentences.length === 0) return;
    const omissions: Omission[] = [];
    const omit: Omit = (path, reason, at = { source }, kind) =>
      void omissions.push({ source: at.source, line: at.line, path, reason, ...(kind === undefined ? {} : { kind }) });
    const document = documentFromTsv(file, exportedName(source, ".tsv"), options, omit);
    const at = { source, line: 1 };
    validateDocument(document, at);
    for (const omission of omissions) yield { kind: "omission", omission };
    yield { kind: "document", document, at };
  },

  async *write(documents) {
    const names = new FileNames();
    for await (const given of documents) {
      const { records, omissions } = fitDocument(given, holds);
      for (const omission of omissions) yield { kind: "omission", omission };
      const name = names.take(given.id);
      const notes: Omission[] = [];
      const omit: Omit = (path, reason) => void notes.push({ source: given.id, path, reason });
      if (name !== given.id) omit("id", `the file is called ${JSON.stringify(name)}`);
      for (const document of records) {
        const text = printDocument(document, omit);
        for (const omission of notes.splice(0)) yield { kind: "omission", omission };
        yield { kind: "text", file: `${name}.tsv`, text };
      }
    }
  },
};

/** Where the entities are in the rows, as the cells of the file name them. */
interface Stacks {
  /** The entities that cover each token, in the order of their numbers. */
  readonly covering: readonly (readonly number[])[];
  /** The number of an entity that needs one. */
  readonly ids: ReadonlyMap<number, number>;
}

function printDocument(document: Document, omit: Omit): string {
  const { text, tokens, sentences, pos, entities, relations } = document;
  const header = [
    "#FORMAT=WebAnno TSV 3.3",
    ...(pos === undefined ? [] : [`#T_SP=${layers.pos}|coarseValue|PosValue`]),
    ...(entities.length === 0 ? [] : [`#T_SP=${layers.span}|label`]),
    ...(relations.length === 0 ? [] : [`#T_RL=${layers.relation}|label|BT_${layers.span}`]),
  ];
  const stacks = stackEntities(entities, tokens.length);
  const numbers: string[] = [];
  for (const [sentence, { start, end }] of sentences.entries())
    for (let token = start; token < end; token++) numbers.push(`${sentence + 1}-${token - start + 1}`);
  const links = relationCells(document, stacks, numbers);
  const leading = text.slice(0, tokens[0]?.start ?? text.length);
  if (!/^ *$/.test(leading)) omit("text", "the format cannot hold what is before the first token; written as spaces");
  if (pos?.every((tag) => tag === "")) omit("pos", "every tag is empty, and a reader will take them for none");
  const blocks = sentences.map(({ start, end }) => {
    const next = tokens[end]?.start;
    const last = tokens[end - 1]?.end ?? 0;
    const gap = text.slice(last, next);
    // The reader fills a gap with a line break and spaces; anything else is part of the sentence.
    const upTo = next !== undefined && /^\n *$/.test(gap) ? last : (next ?? text.length);
    const lines = text.slice(tokens[start]?.start, upTo).split("\n");
    const rows = Array.from({ length: end - start }, (_, order) => {
      const token = start + order;
      const { text: word = "", start: from = 0, end: to = 0 } = tokens[token] ?? {};
      const cells = [
        ...(pos === undefined ? [] : ["*", escapeValue(pos[token] ?? "")]),
        ...(entities.length === 0 ? [] : [entityCell(entities, stacks, token)]),
        ...(relations.length === 0
          ? []
          : [links.labels.get(token)?.join("|") ?? "_", links.sources.get(token)?.join("|") ?? "_"]),
      ];
      return `${[numbers[token], `${from}-${to}`, escapeText(word), ...cells].join("\t")}\t\n`;
    });
    return `\n${lines.map((line) => `#Text=${escapeText(line)}\n`).join("")}${rows.join("")}`;
  });
  return `${header.join("\n")}\n\n${blocks.join("")}`;
}

/** Numbers the entities that have several tokens or share one. */
function stackEntities(entities: readonly Entity[], tokens: number): Stacks {
  const covering: number[][] = Array.from({ length: tokens }, () => []);
  const order = entities.map((_, index) => index).sort((a, b) => (entities[a]?.start ?? 0) - (entities[b]?.start ?? 0));
  for (const index of order) {
    const { start, end } = entities[index] as Entity;
    for (let token = start; token < end; token++) covering[token]?.push(index);
  }
  const ids = new Map<number, number>();
  for (const index of order) {
    const { start, end } = entities[index] as Entity;
    if (end - start > 1 || (covering[start]?.length ?? 0) > 1) ids.set(index, ids.size + 1);
  }
  return { covering, ids };
}

function entityCell(entities: readonly Entity[], { covering, ids }: Stacks, token: number): string {
  const cells = (covering[token] ?? []).map((index) => {
    const type = entities[index]?.type ?? null;
    const id = ids.get(index);
    return `${type === null ? "*" : escapeValue(type)}${id === undefined ? "" : `[${id}]`}`;
  });
  return cells.length === 0 ? "_" : cells.join("|");
}

/** The cells of relations, by the first token of their tail. */
function relationCells({ entities, relations }: Document, { covering, ids }: Stacks, numbers: readonly string[]) {
  const labels = new Map<number, string[]>();
  const sources = new Map<number, string[]>();
  const idOf = (index: number): number => ((covering[entities[index]?.start ?? 0]?.length ?? 0) > 1 ? (ids.get(index) ?? 0) : 0);
  for (const { head, tail, type } of relations) {
    const row = entities[tail]?.start ?? 0;
    const [source, target] = [idOf(head), idOf(tail)];
    const reference = source === 0 && target === 0 ? "" : `[${source}_${target}]`;
    const [label, from] = [escapeValue(type), `${numbers[entities[head]?.start ?? 0]}${reference}`];
    const [known, others] = [labels.get(row), sources.get(row)];
    if (known === undefined || others === undefined) {
      labels.set(row, [label]);
      sources.set(row, [from]);
    } else {
      known.push(label);
      others.push(from);
    }
  }
  return { labels, sources };
}

const escapes = new Map([
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);

function escapeText(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => escapes.get(character) ?? `\\${character}`);
}

function escapeValue(value: string): string {
  if (value === "") return "*";
  return value.replace(/->|[\\[\]|_;*\t\n\r]/g, (reserved) => escapes.get(reserved) ?? `\\${reserved}`);
}
