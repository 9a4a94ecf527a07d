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

/** The files of one thing written: the main one under "", the others as the writer named them. */
export type Files = Readonly<Record<string, string>>;

export interface FormatExample {
  /** What the files say, or where a record is a sentence, what each record says. */
  readonly documents: readonly Document[];
  /** What is written for them, to the byte; files that are missing here are not compared. */
  readonly files: Files;
  /** What writing them reports, as `path: reason`. */
  readonly omissions?: readonly string[] | undefined;
  /** What reading them reports. */
  readonly readOmissions?: readonly string[] | undefined;
}

/** A fault put into the example, and what must be said about it. */
export interface FormatFault {
  readonly what: string;
  /**
   * The example's files with this text replaced by that, in the file named (the main one where left
   * out).
   */
  readonly change: readonly [from: string, to: string, file?: string];
  /** What the error or one omission says: `source:line path: ...`, or a part of it. */
  readonly says: string | RegExp;
}

/** `WEFT_EFFORT=100` tries a hundred times as many random files. */
const effort = Number(process.env["WEFT_EFFORT"] ?? 1);

/**
 * The contract that every annotation format meets: its example to the byte, round trips of all it
 * can hold, no silent omission of what it cannot, and all that `describeInputFormat` asks.
 */
export function describeFormat(format: Format, example: FormatExample, faults: readonly FormatFault[]): void {
  const { holds } = format;
  const view = (documents: readonly Document[]) => documents.map((document) => comparable(document, holds));
  describeInputFormat(format, example, faults);

  describe(`format ${format.name}, written`, () => {
    test("the example is written to the byte", async () => {
      const { files, omissions } = await writeFiles(format, example.documents);
      expect(files).toMatchObject(example.files);
      expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual(example.omissions ?? []);
    });

    test("what it writes is recognised by its content as this format alone, and its endings are lower case with a dot", async () => {
      const { files } = await writeFiles(format, example.documents);
      const [name, main] = mainFiles(format, files)[0] ?? ["", ""];
      const found = detectFormats(name === "" ? `a${format.extensions[0]}` : name, main);
      expect(found.map((each) => each.name)).toEqual([format.name]);
      expect(format.extensions.length).toBeGreaterThan(0);
      for (const extension of format.extensions) expect(extension).toMatch(/^\.[a-z0-9.]+$/);
    });

    test("every document that it can hold comes back as it was, and nothing is reported", async () => {
      await fc.assert(
        fc.asyncProperty(documentsWithin(holds), async (documents) => {
          const written = await writeFiles(format, documents);
          const read = await readFiles(format, written.files);
          expect([...written.omissions, ...read.omissions]).toEqual([]);
          expect(view(read.documents)).toEqual(view(documents));
          for (const document of read.documents) validateDocument(document);
        }),
        { numRuns: 150 * effort },
      );
    });

    test("of any document, what does not come back was reported", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyDocument, { maxLength: 3 }), async (made) => {
          const documents = made.map((document, index) => ({ ...document, id: `${document.id}${index}` }));
          const written = await writeFiles(format, documents);
          const read = await readFiles(format, written.files);
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

    test("omissions in writing name the document and are said before the next one is taken", async () => {
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

    test("writing no documents omits nothing", async () => {
      expect((await writeFiles(format, [])).omissions).toEqual([]);
    });
  });
}

/**
 * The contract of reading: the example as it is meant, and of broken files a clear error or a
 * report with its place.
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

    test("the example is recognised by its content as this format alone", () => {
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

    test("cut off anywhere it is read in part or refused with its place", async () => {
      for (const [name, text] of Object.entries(example.files)) {
        for (let end = 0; end < text.length; end++) {
          await expectReadOrRefused(format, { ...example.files, [name]: text.slice(0, end) });
        }
      }
    });

    test("with any piece replaced it is read or refused with its place", async () => {
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

    test("any text is read or refused with its place", async () => {
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

    test.each(faults.map((fault) => [fault.what, fault] as const))("%s is named with its place", async (_, fault) => {
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

/** What a format writes, by file. */
export async function writeFiles(
  format: Format,
  documents: readonly Document[],
): Promise<{ files: Files; omissions: Omission[] }> {
  const { text, files, omissions } = await collectText(format.write(documents));
  return { files: { ...(format.layout === "folder" ? {} : { "": text }), ...Object.fromEntries(files) }, omissions };
}

/**
 * Reads what was written, in pieces of three units so that nothing depends on where text is cut.
 */
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

/**
 * The files that are read for themselves: the one, or of a folder those with the format's ending.
 */
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

/** The error says in which file, and where it names a line, the file has that line. */
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

/** How many lines of the first list the second does not have, counting repeated ones. */
function missing(before: readonly string[], after: readonly string[]): number {
  const left = [...after];
  return before.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  }).length;
}
