import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReadEvent } from "@weft-nlp/core/formats";
import { documentFromText } from "@weft-nlp/core/text";
import { afterAll, expect, test } from "vitest";
import { readDocumentList, selectDocuments } from "./select-documents.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-select-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* events(...ids: string[]): AsyncGenerator<ReadEvent> {
  for (const id of ids) {
    yield { kind: "omission", omission: { source: id, reason: "omitted" } };
    yield { kind: "document", document: { ...documentFromText(id, "a"), metadata: { doc: id.split("#")[0] } }, at: {} };
  }
}

async function selected(list: string, ...ids: string[]): Promise<string[]> {
  const path = join(folder, "list.txt");
  writeFileSync(path, list);
  const said: string[] = [];
  for await (const event of selectDocuments(events(...ids), await readDocumentList(path))) {
    said.push(event.kind === "omission" ? `omission of ${event.omission.source}` : event.document.id);
  }
  return said;
}

test("selects a document by name, path or file, with only its own omissions, in the order of the input", async () => {
  const list = "# part\n\nbc/timex2norm/CNN_1.00\r\n./x/B.apf.xml\nB.sgm\nC.split.txt\nid/with/slash\n";
  expect(await selected(list, "A", "B", "CNN_1.00", "C", "id/with/slash", "CNN_1")).toEqual([
    "omission of B",
    "B",
    "omission of CNN_1.00",
    "CNN_1.00",
    "omission of C",
    "C",
    "omission of id/with/slash",
    "id/with/slash",
  ]);
});

test("selects sentences by their document", async () => {
  expect(await selected("d\n", "d#0", "e#0", "d#1")).toEqual(["omission of d#0", "d#0", "omission of d#1", "d#1"]);
});

test("a document that is not in the input is an error with its line", async () => {
  await expect(selected("a\nb\nc\n", "a")).rejects.toThrow(
    "list.txt:2: 2 of the 3 documents listed are not in the input: b, c (DOCUMENT_MISSING)",
  );
});
