import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Document, Omission } from "@weft-nlp/core";
import { formats } from "@weft-nlp/core/formats";
import { documentFromText } from "@weft-nlp/core/text";
import { afterAll, expect, test } from "vitest";
import { readDocuments } from "./read-documents.ts";
import { writeDocuments } from "./write-documents.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-write-"));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
const path = (name: string): string => join(folder, name);
const left = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

const document = (id: string): Document => ({
  ...documentFromText(id, `${id} left Acme.`),
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG" },
  ],
  relations: [{ head: 0, tail: 1, type: "left" }],
});
const people = [document("Ada"), document("Bob")];

async function readAll(name: string): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const event of readDocuments(path(name))) {
    if (event.kind === "omission") throw new Error(event.omission.reason);
    documents.push(event.document);
  }
  return documents;
}

test("a folder is written and read with its subfolders, and texts without annotation are not documents", async () => {
  const omissions: Omission[] = [];
  await writeDocuments(path("people"), formats.brat, people, (omission) => void omissions.push(omission));
  expect(omissions).toEqual([]);
  expect(readdirSync(path("people")).toSorted()).toEqual(["Ada.ann", "Ada.txt", "Bob.ann", "Bob.txt", "annotation.conf"]);
  mkdirSync(path("people/more"));
  writeFileSync(path("people/more/Cy.ann"), "T1\tPER 0 2\tCy\n");
  writeFileSync(path("people/more/Cy.txt"), "Cy stayed.");
  writeFileSync(path("people/README.txt"), "About these files");
  const read = await readAll("people");
  expect(read.slice(0, 2)).toEqual(people);
  expect(read.slice(2)).toMatchObject([{ id: "Cy", entities: [{ start: 0, end: 1, type: "PER" }] }]);
  expect(await readAll("people/Bob.ann")).toEqual([people[1]]);
});

test("a folder that is not empty is left alone, an empty one is filled", async () => {
  mkdirSync(path("full"));
  writeFileSync(path("full/mine"), "");
  await expect(writeDocuments(path("full"), formats.brat, people, () => undefined)).rejects.toMatchObject({
    code: "OUTPUT_EXISTS",
  });
  await expect(writeDocuments(path("full/mine"), formats.brat, people, () => undefined)).rejects.toMatchObject({
    code: "FILE_IS_FOLDER",
  });
  expect(readdirSync(path("full"))).toEqual(["mine"]);
  mkdirSync(path("empty"));
  await writeDocuments(path("empty"), formats.brat, people, () => undefined);
  expect(readdirSync(path("empty"))).toHaveLength(5);
  await expect(writeDocuments(path("no/such"), formats.brat, people, () => undefined)).rejects.toMatchObject({
    code: "FILE_MISSING",
  });
});

test.each([
  ["folder", formats.brat],
  ["a.json.gz", formats["label-studio"]],
] as const)("a failure in the middle leaves nothing of %s behind", async (name, format) => {
  function* documents(): Generator<Document> {
    yield* people;
    throw new Error("stopped");
  }
  await expect(writeDocuments(path(name), format, documents(), () => undefined)).rejects.toThrow("stopped");
  expect(readdirSync(folder)).not.toContain(name);
  expect(left()).toEqual([]);
});

test("gzip is written by name and read by content", async () => {
  await writeDocuments(path("b.json.gz"), formats["label-studio"], people, () => undefined);
  expect(gunzipSync(readFileSync(path("b.json.gz"))).toString()).toMatch(/^\[\{"id":1,/);
  expect(await readAll("b.json.gz")).toEqual(people);
});

test("companion files are written with the main one, and omissions are reported while writing", async () => {
  const omissions: string[] = [];
  mkdirSync(path("spert"));
  await writeDocuments(
    path("spert/train.json"),
    formats.spert,
    [{ ...document("Ada"), metadata: { page: 1 } }],
    ({ path, reason }) => {
      omissions.push(`${path}: ${reason}`);
    },
  );
  expect(readdirSync(path("spert"))).toEqual(["train.json", "types.json"]);
  expect(omissions).toEqual(["metadata.page: the format cannot store this field"]);
});

test("a folder without annotation, and a file whose content fits nothing, are named as such", async () => {
  mkdirSync(path("texts"));
  writeFileSync(path("texts/a.txt"), "a");
  await expect(readAll("texts")).rejects.toThrow(
    /expected a file or a folder of annotation; no file in this folder ends in \.ann \(brat standoff\), .* \(FILE_IS_FOLDER\)/,
  );
  writeFileSync(path("c.json"), '[{"a":1}]');
  await expect(readAll("c.json")).rejects.toThrow(
    /the beginning fits none of the formats with this ending \(label-studio,.*\) \(FORMAT_UNKNOWN\)/,
  );
  writeFileSync(path("d.txt"), "A poem\n");
  await expect(readAll("d.txt")).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
});
