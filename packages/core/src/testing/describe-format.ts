import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../errors.ts";
import {
  collectDocuments,
  collectText,
  detectFormats,
  type Format,
  type InputFormat,
  type ReadOptions,
} from "../formats/index.ts";
import { type Document, type Omission, validateDocument } from "../schema/index.ts";
import { annotationsOf, anyDocument, comparable, documentsWithin } from "./format-documents.ts";

/** The files of one document: the main one under "", the others as the writer named them. */
export type Files = Readonly<Record<string, string>>;

/** Documents and the files that a format makes of them, for its contract tests. */
export interface FormatExample {
  /** The documents in the files, or one per record if a record is a sentence. */
  readonly documents: readonly Document[];
  /** The exact bytes written for them. Files missing here are not compared. */
  readonly files: Files;
  /** The omissions that writing reports, as `path: reason`. */
  readonly omissions?: readonly string[] | undefined;
  /** The omissions that reading reports, as `path: reason`. */
  readonly readOmissions?: readonly string[] | undefined;
  /** How to read files back, if the format does not read all that it writes by default. */
  readonly reading?: ReadOptions | undefined;
}

/** A fault in the example, and the message it must produce. */
export interface FormatFault {
  readonly what: string;
  /**
   * The replacement of one text by another in a file of the example; defaults to the main file.
   */
  readonly change: readonly [from: string, to: string, file?: string];
  /** The message of the error or of an omission, `source:line path: ...`, or a part of it. */
  readonly says: string | RegExp;
}

/** `WEFT_EFFORT=100` tries a hundred times as many random files. */
const effort = Number(process.env["WEFT_EFFORT"] ?? 1);

/**
 * Tests the contract of an annotation format: it writes the example to the byte, round-trips all
 * that it can hold, reports everything that it omits, and passes `describeInputFormat`.
 */
export function describeFormat(format: Format, example: FormatExample, faults: readonly FormatFault[]): void {
  const { holds } = format;
  const view = (documents: readonly Document[]) => documents.map((document) => comparable(document, holds));
  describeInputFormat(format, example, faults);

  describe(`format ${format.name}, written`, () => {
    test("the example is written exactly, byte for byte", async () => {
      const { files, omissions } = await writeFiles(format, example.documents);
      expect(files).toMatchObject(example.files);
      expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual(example.omissions ?? []);
    });

    test("only this format recognises what it writes, and its endings are lower case with a dot", async () => {
      const { files } = await writeFiles(format, example.documents);
      const [name, main] = mainFiles(format, files)[0] ?? ["", ""];
      const found = detectFormats(name === "" ? `a${format.extensions[0]}` : name, main);
      expect(found.map((each) => each.name)).toEqual([format.name]);
      expect(format.extensions.length).toBeGreaterThan(0);
      for (const extension of format.extensions) expect(extension).toMatch(/^\.[a-z0-9.]+$/);
    });

    test("every document that it can hold round-trips without a report", async () => {
      await fc.assert(
        fc.asyncProperty(documentsWithin(holds), async (documents) => {
          const written = await writeFiles(format, documents);
          const read = await readFiles(format, written.files, example.reading);
          expect([...written.omissions, ...read.omissions]).toEqual([]);
          expect(view(read.documents)).toEqual(view(documents));
          for (const document of read.documents) validateDocument(document);
        }),
        { numRuns: 150 * effort },
      );
    });

    test("everything in a document that does not round-trip is reported", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyDocument, { maxLength: 3 }), async (made) => {
          const documents = made.map((document, index) => ({ ...document, id: `${document.id}${index}` }));
          const written = await writeFiles(format, documents);
          const read = await readFiles(format, written.files, example.reading);
          for (const document of read.documents) validateDocument(document);
          const omissions = [...written.omissions, ...read.omissions];
          for (const omission of omissions) expectPlaced(omission);
          const [before, after] = [annotationsOf(documents), annotationsOf(read.documents)];
          if (omissions.length === 0) expect(after).toEqual(before);
          expect(missing(before.entities, after.entities)).toBeLessThanOrEqual(omissions.length);
        }),
        { numRuns: 150 * effort },
      );
    });

    test("omissions in writing name the document and are reported before the next document is read", async () => {
      let taken = "";
      const documents = fc
        .sample(anyDocument, { numRuns: 30, seed: 7 })
        .map((document, index) => ({ ...document, id: `d${index}` }));
      function* source(): Generator<Document> {
        for (const document of documents) {
          taken = document.id;
          yield document;
        }
      }
      for await (const event of format.write(source())) if (event.kind === "omission") expect(event.omission.source).toBe(taken);
    });

    test("writing no documents reports nothing", async () => {
      expect((await writeFiles(format, [])).omissions).toEqual([]);
    });
  });
}

/**
 * Tests the contract of reading: the example is read as intended, and a broken file gives an error
 * or a report with its location.
 */
export function describeInputFormat(format: InputFormat, example: FormatExample, faults: readonly FormatFault[]): void {
  const { holds } = format;
  const view = (documents: readonly Document[]) => documents.map((document) => comparable(document, holds));
  const said = (omissions: readonly Omission[]) => omissions.map(({ path, reason }) => `${path}: ${reason}`);

  describe(`format ${format.name}`, () => {
    test("the example is read", async () => {
      const { documents, omissions } = await readFiles(format, example.files);
      expect(said(omissions)).toEqual(example.readOmissions ?? []);
      expect(view(documents)).toEqual(view(example.documents));
    });

    test("only this format recognises the example", () => {
      const [name, main] = mainFiles(format, example.files)[0] ?? ["", ""];
      const found = detectFormats(name === "" ? `a${format.extensions[0]}` : name, main);
      expect(found.map((each) => each.name)).toEqual([format.name]);
    });

    test.each(Object.entries(variants))("%s: reads the same", async (_, change) => {
      const files = Object.fromEntries(Object.entries(example.files).map(([name, text]) => [name, change(text, name)]));
      const { documents, omissions } = await readFiles(format, files);
      expect(said(omissions)).toEqual(example.readOmissions ?? []);
      expect(view(documents)).toEqual(view(example.documents));
    });

    test("an empty file holds no annotation", async () => {
      for (const text of ["", "\uFEFF", "\n", " \r\n"]) {
        const empty = Object.fromEntries(mainFiles(format, example.files).map(([name]) => [name, text]));
        const { documents } = await readFiles(format, { ...example.files, ...empty });
        expect(annotationsOf(documents)).toEqual({ entities: [], relations: [] });
      }
    });

    test("a truncated file is read in part or refused with a location", async () => {
      for (const [name, text] of Object.entries(example.files)) {
        for (let end = 0; end < text.length; end++) {
          await expectReadOrRefused(format, { ...example.files, [name]: text.slice(0, end) });
        }
      }
    });

    test("a file with any piece replaced is read or refused with a location", async () => {
      const names = Object.keys(example.files);
      const piece = fc.oneof(
        fc.string({ unit: "binary", maxLength: 5 }),
        fc.constantFrom("-1", "999", '"', "]", "}", "\n", "\t", "null", ""),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(12), piece, async (name, at, length, put) => {
          const text = example.files[name] ?? "";
          const from = at % (text.length + 1);
          const changed = text.slice(0, from) + put + text.slice(from + length);
          await expectReadOrRefused(format, { ...example.files, [name]: changed });
        }),
        { numRuns: 400 * effort },
      );
    });

    test("any text is read or refused with a location", async () => {
      const names = Object.keys(example.files);
      const text = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.json(),
        fc.array(fc.json(), { maxLength: 3 }).map((lines) => lines.join("\n")),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...names), text, async (name, text) => {
          await expectReadOrRefused(format, { ...example.files, [name]: text });
        }),
        { numRuns: 300 * effort },
      );
    });

    test.each(faults.map((fault) => [fault.what, fault] as const))("%s is reported with its location", async (_, fault) => {
      const [from, to, file = mainFiles(format, example.files)[0]?.[0] ?? ""] = fault.change;
      const text = example.files[file] ?? "";
      expect(text, "the text to replace is in the example").toContain(from);
      const said: string[] = [];
      try {
        const { omissions } = await readFiles(format, { ...example.files, [file]: text.replace(from, () => to) });
        said.push(...omissions.map(({ source, line, path, reason }) => `${source}:${line} ${path}: ${reason}`));
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        said.push(error.message);
      }
      expect(said.join("\n")).toMatch(fault.says);
    });
  });
}

/** The files that a format writes, with the omissions it reports. */
export async function writeFiles(
  format: Format,
  documents: readonly Document[],
): Promise<{ files: Files; omissions: Omission[] }> {
  const { text, files, omissions } = await collectText(format.write(documents));
  return { files: { ...(format.layout === "folder" ? {} : { "": text }), ...Object.fromEntries(files) }, omissions };
}

/** Reads files in pieces of three UTF-16 units, so that no result depends on the pieces. */
export async function readFiles(
  format: InputFormat,
  files: Files,
  options: ReadOptions = {},
): Promise<{ documents: Document[]; omissions: Omission[] }> {
  const documents: Document[] = [];
  const omissions: Omission[] = [];
  for (const [name, main] of mainFiles(format, files)) {
    const ending = format.extensions.find((extension) => name.endsWith(extension)) ?? "";
    const base = name.slice(0, name.length - ending.length);
    const companions = {
      read(file: string) {
        const text = files[/^\.[^.]/.test(file) && format.layout === "folder" ? base + file : file];
        return text === undefined ? undefined : pieces(text);
      },
    };
    const source = name === "" ? "main" : name;
    const read = await collectDocuments(format.read(pieces(main), { source, companions, ...options }));
    documents.push(...read.documents);
    omissions.push(...read.omissions);
  }
  return { documents, omissions };
}

/** The files to read: the main one, or those of a folder with the format's ending. */
function mainFiles(format: InputFormat, files: Files): [string, string][] {
  if (format.layout !== "folder") return [["", files[""] ?? ""]];
  return Object.entries(files).filter(([name]) => format.extensions.some((extension) => name.endsWith(extension)));
}

const variants: Readonly<Record<string, (text: string, name: string) => string>> = {
  "Windows line ends": (text, name) => (name.endsWith(".txt") ? text : text.replaceAll("\n", "\r\n")),
  "a byte order mark in front": (text) => `\uFEFF${text}`,
};

async function* pieces(text: string): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += 3) yield text.slice(from, from + 3);
}

/** Expects an error to name its file and, if it names a line, a line that exists. */
async function expectReadOrRefused(format: InputFormat, files: Files): Promise<void> {
  try {
    const { documents, omissions } = await readFiles(format, files);
    for (const document of documents) validateDocument(document);
    for (const omission of omissions) expectPlaced(omission);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    expect(error.at?.source).toBeDefined();
    const longest = Math.max(...Object.values(files).map((text) => text.split("\n").length));
    if (error.at?.line !== undefined) expect(error.at.line).toBeLessThanOrEqual(longest);
  }
}

function expectPlaced(omission: Omission): void {
  expect(omission.source).toBeTypeOf("string");
  expect(omission.reason).toMatch(/\S/);
}

/** The number of lines in the first list that the second lacks, counting duplicates. */
function missing(before: readonly string[], after: readonly string[]): number {
  const left = [...after];
  return before.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  }).length;
}
