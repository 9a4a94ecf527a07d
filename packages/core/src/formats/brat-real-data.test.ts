import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { expect, test } from "vitest";
import { charSpan, type Document, type Entity } from "../schema/index.ts";
import { readFiles, writeFiles } from "../testing/describe-format.ts";
import { brat } from "./brat.ts";
import { collectDocuments } from "./format.ts";
import { jsonl } from "./jsonl.ts";

/**
 * Data that may not be distributed, from a folder next to the repository or the one in WEFT_DATA.
 */
const folder = process.env["WEFT_DATA"] ?? resolve(import.meta.dirname, "../../../../../../shared/data");
const native = join(folder, "native/brat");
const converted = join(folder, "chinese_literature/test.jsonl.gz");

function bratFiles(): Record<string, string> {
  return Object.fromEntries(readdirSync(native).map((name) => [name, readFileSync(join(native, name), "utf8")]));
}

/**
 * Entities and relations without their positions; the JSONL has types without their second half.
 */
function said(document: Document, name = document.id): { entities: string[]; relations: string[] } {
  const words = document.entities.map((entity) => {
    const { start, end } = charSpan(document, entity);
    return `${document.text.slice(start, end).replace(/\s/g, "")}/${entity.type?.split("-")[0]}`;
  });
  return {
    entities: words.map((word) => `${name} ${word}`),
    relations: document.relations.map(({ head, tail, type }) => `${name} ${words[head]} ${type} ${words[tail]}`),
  };
}

/** The lines of the first list that the second lacks, counting repeats. */
function without(first: readonly string[], second: readonly string[]): string[] {
  const left = [...second];
  return first.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

test("the twenty documents match their lines and survive writing", async ({ skip }) => {
  if (!existsSync(native)) skip(`${native} is not here`);
  const files = bratFiles();
  const lines = (kind: string): number =>
    Object.entries(files)
      .filter(([name]) => name.endsWith(".ann"))
      .flatMap(([, text]) => text.split("\n"))
      .filter((line) => line.startsWith(kind)).length;
  const { documents, omissions } = await readFiles(brat, files);
  expect(documents).toHaveLength(20);
  const count = (items: "entities" | "relations"): number => documents.reduce((sum, document) => sum + document[items].length, 0);
  expect([count("entities"), count("relations")]).toEqual([3837, 285]);
  expect([lines("T"), lines("R"), lines("*")]).toEqual([3837, 285, 142]);
  // 142 equivalences, and six mismatches with the text in the words or the end of a number.
  expect(omissions.filter(({ path }) => path === "*")).toHaveLength(142);
  expect(
    omissions
      .filter(({ path }) => path !== "*")
      .map(({ reason }) => reason.replace(/"[^"]*"/g, '""'))
      .toSorted(),
  ).toEqual([
    '"" ends inside the token "", which was split there',
    ...Array.from({ length: 5 }, () => 'the text has "" where the file says ""; the offsets were used'),
  ]);
  const written = await writeFiles(brat, documents);
  expect(written.omissions).toEqual([]);
  const again = await readFiles(brat, written.files);
  expect(again.documents).toEqual(documents);
  expect(again.omissions.map(({ kind }) => kind)).toEqual(["split"]);
});

test("they match the JSONL made from them", async ({ skip }) => {
  if (!existsSync(native) || !existsSync(converted)) skip(`${native} or ${converted} is not here`);
  const { documents } = await readFiles(brat, bratFiles(), { text: { mode: "characters" } });
  const names = new Set(documents.map(({ id }) => id));
  const unzipped = createReadStream(converted).pipe(createGunzip()).setEncoding("utf8");
  const sentences = await collectDocuments(jsonl.read(unzipped as AsyncIterable<string>));
  const nameOf = (id: string): string => /^chlit-test-(\d+)-\d+$/.exec(id)?.[1] ?? id;
  const expected = sentences.documents.filter(({ id }) => names.has(nameOf(id))).map((each) => said(each, nameOf(each.id)));
  const found = documents.map((document) => said(document));
  const all = (items: "entities" | "relations", from: typeof found): string[] => from.flatMap((each) => each[items]);
  expect(without(all("entities", expected), all("entities", found))).toEqual([]);
  expect(without(all("relations", expected), all("relations", found))).toEqual([]);
  // The JSONL has each span and type once, and no relation across sentences.
  expect(without(all("entities", found), all("entities", expected))).toEqual(["1117 山山水水/Thing", "20 有的/Thing"]);
  const across = documents.flatMap((document) => {
    const lines = said(document).relations;
    return lines.filter((_, index) => {
      const ends = document.relations[index];
      const [head, tail] = [ends?.head, ends?.tail].map((end) => charSpan(document, document.entities[end ?? 0] as Entity));
      const between = document.text.slice(Math.min(head?.end ?? 0, tail?.end ?? 0), Math.max(head?.start ?? 0, tail?.start ?? 0));
      return /[。！？!?…]/.test(between);
    });
  });
  const extra = without(all("relations", found), all("relations", expected));
  expect(across).toHaveLength(13);
  expect(extra.toSorted()).toEqual([...across, "20 有的/Thing Part-Whole 它们/Thing"].toSorted());
});
