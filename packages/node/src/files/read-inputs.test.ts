import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputShapeOf, recordInputFor } from "./input-shape.ts";
import { type ReadInputOptions, readInput } from "./read-inputs.ts";
import { nameInIds, standardStream } from "./read-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-inputs-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true, maxRetries: 9 }));

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Each document as `id: sentence | sentence`, with ids from the test's folder. */
async function read(path: string, options?: ReadInputOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { id, text, tokens, sentences } of readInput(path, options)) {
    const words = sentences.map(({ start, end }) =>
      text.slice(tokens[start]?.start, tokens[end - 1]?.end).replaceAll(/\s/g, " "),
    );
    found.push(`${id.replace(nameInIds(folder), "").slice(1)}: ${words.join(" | ")}`);
  }
  return found;
}

const wrapped = "Ines Roth started Copper\nForge in Bergen and later\nsold it.\n";

test("a text of wrapped lines is one document, and other text has one in each line", async () => {
  const path = await put("wrapped.txt", wrapped);
  const lines = await put("lines.txt", "Ines left.\n\nLena met Jon\nJon left\n");
  expect(await read(path)).toEqual(["wrapped.txt: Ines Roth started Copper Forge in Bergen and later sold it."]);
  expect(await read(lines)).toEqual(["lines.txt:1: Ines left.", "lines.txt:3: Lena met Jon", "lines.txt:4: Jon left"]);
  expect(await read(await put("packed.txt.gz", gzipSync(wrapped)))).toHaveLength(1);
});

test("the kind of input and the rule for line breaks can be named", async () => {
  const path = await put("a.txt", `${wrapped}\nIt grew.\n`);
  expect(await read(path, { input: "line" })).toHaveLength(4);
  expect(await read(path, { input: "text" })).toHaveLength(4);
  expect(await read(path, { input: "paragraphs" })).toEqual([
    "a.txt:1: Ines Roth started Copper Forge in Bergen and later sold it.",
    "a.txt:5: It grew.",
  ]);
  expect(await read(path, { input: "file" })).toEqual([
    "a.txt: Ines Roth started Copper Forge in Bergen and later sold it. | It grew.",
  ]);
  expect(await read(path, { input: "file", text: { newlines: "hard" } })).toEqual([
    "a.txt: Ines Roth started Copper | Forge in Bergen and later | sold it. | It grew.",
  ]);
});

test("where single line breaks are soft, paragraphs are the records of a text", async () => {
  const lines = await put("ragged.txt", "Ines left.\n\nLena met Jon\nJon left\n");
  expect(await recordInputFor(lines)).toBe("text");
  for (const path of [lines, standardStream]) {
    expect(await recordInputFor(path, { newlines: "soft" })).toBe("paragraphs");
    expect(await recordInputFor(path, { newlines: "hard" })).toBe("text");
    expect(await recordInputFor(path, { newlines: "soft", input: "line" })).toBe("text");
  }
  expect(await recordInputFor(await put("wide.txt", wrapped), { newlines: "soft" })).toBeUndefined();
});

test("one decision says how an input is read, whether by lines or not", async () => {
  const shapes = async (...args: Parameters<typeof inputShapeOf>) => {
    const { by, ...rest } = await inputShapeOf(...args);
    return [by, ...Object.values(rest)].filter((each) => each !== undefined).join(" ");
  };
  const lines = await put("shape/lines.txt", "Ines left.\n\nLena met Jon\nJon left\n");
  const wide = await put("shape/wide.txt", wrapped);
  const own = await put("shape/own.jsonl", '{"id":"j","text":"Jon left."}\n');
  const foreign = await put(
    "shape/foreign.jsonl",
    '{"text":"a","entities":[{"id":0,"label":"A","start_offset":0,"end_offset":1}]}\n',
  );
  const page = await put("shape/page.html", "<p>Lena left.");
  const inside = join(folder, "shape");
  for (const [path, options, shape] of [
    [lines, {}, "records text"],
    [wide, {}, "whole text"],
    [wide, { ranged: true }, "records text"],
    [wide, { input: "line" }, "records text"],
    [lines, { input: "file" }, "whole text"],
    [page, {}, "whole html"],
    [page, { input: "paragraphs" }, "records paragraphs"],
    [own, {}, "records jsonl"],
    [own, { input: "data" }, "format"],
    [foreign, {}, "format"],
    [foreign, { input: "jsonl" }, "records jsonl"],
    [foreign, { from: "doccano" }, "format doccano"],
    [foreign, { from: "jsonl" }, "records jsonl"],
    [standardStream, {}, "records text"],
    [standardStream, { from: "spert" }, "format spert"],
    [inside, {}, "folder"],
    [inside, { input: "line" }, "folder"],
    [inside, { input: "data" }, "format"],
    [inside, { from: "brat" }, "format brat"],
  ] as const) {
    expect(`${path} ${JSON.stringify(options)}: ${await shapes(path, options)}`).toBe(
      `${path} ${JSON.stringify(options)}: ${shape}`,
    );
  }
});

test("a folder whose kind is named is read by that kind, file by file", async () => {
  await put("named/b.txt", wrapped);
  await put("named/a.txt", "Ines left.\nJon left.\n");
  expect(await recordInputFor(join(folder, "named"), { input: "line" })).toBeUndefined();
  expect(await read(join(folder, "named"), { input: "line" })).toHaveLength(5);
  expect(await read(join(folder, "named"), { input: "paragraphs" })).toHaveLength(2);
});

test("a folder is read with its subfolders, each file as a document, and other files are named", async () => {
  await put("mixed/b/two.html", "<title>no</title><p>Lena <b>Hart</b><p>left.");
  await put("mixed/a.txt", "Lena\nHart");
  await put("mixed/c.jsonl", '{"id":"j","text":"Jon left."}\n');
  await put("mixed/.hidden.txt", "no");
  await put("mixed/picture.png", "no");
  const skipped: string[] = [];
  expect(await read(join(folder, "mixed"), { onSkipped: (path) => skipped.push(path) })).toEqual([
    "mixed/a.txt: Lena | Hart",
    "mixed/b/two.html: Lena Hart | left.",
    ": Jon left.",
  ]);
  expect(skipped).toEqual([join(folder, "mixed/picture.png")]);
  await mkdir(join(folder, "bare"));
  await expect(read(join(folder, "bare"))).rejects.toThrow("no file in this folder is text to read or data");
});

test("HTML has the encoding that it declares, and otherwise UTF-8 or that of Windows", async () => {
  const latin = Buffer.from('<meta charset="iso-8859-2">\xb1', "latin1");
  expect(await read(await put("latin.html", latin))).toEqual(["latin.html: ą"]);
  expect(await read(await put("plain.htm", Buffer.from("caf\xe9", "latin1")))).toEqual(["plain.htm: café"]);
  expect(await read(await put("utf8.html", "café"))).toEqual(["utf8.html: café"]);
  expect(await read(await put("wrong.html", "<meta charset=nothing>café"))).toEqual(["wrong.html: café"]);
});

test("PDF is read by its lines, and a damaged one is refused with what to do", async () => {
  const path = await put("a.pdf", pdfOf(wrapped.trim().split("\n")));
  expect(await read(path)).toEqual(["a.pdf: Ines Roth started Copper Forge in Bergen and later sold it."]);
  await expect(read(await put("bad.pdf", "%PDF-1.4\nno"))).rejects.toThrow(
    /bad\.pdf: the PDF cannot be read: .* \(PDF_INVALID\)/,
  );
});

/** A page of plain lines, as small as PDF may be. */
function pdfOf(lines: readonly string[]): string {
  const drawn = `BT /F1 12 Tf 72 720 Td 14 TL ${lines.map((line) => `(${line}) Tj T*`).join(" ")} ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${drawn.length}>>\nstream\n${drawn}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let file = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  return `${file}xref\n0 6\n0000000000 65535 f \n${places.join("")}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
}
