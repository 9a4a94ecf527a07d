import { Parser, type Quad } from "n3";
import { SaxesParser } from "saxes";

/** Cells by the grammar of RFC 4180, section 2, character by character. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    let cell = "";
    if (text[at] === '"') {
      at++;
      for (; ; at++) {
        if (at >= text.length) throw new Error("unclosed quote");
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[at++];
        else break;
      }
      at++;
    } else {
      for (; at < text.length && text[at] !== "," && text[at] !== "\r"; at++) {
        if (text[at] === '"' || text[at] === "\n") throw new Error(`${JSON.stringify(text[at])} in an unquoted cell`);
        cell += text[at];
      }
    }
    row.push(cell);
    if (text[at] === ",") at++;
    else if (text.startsWith("\r\n", at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else throw new Error("expected a comma or a line end after a cell");
  }
  if (row.length > 0) throw new Error("the last line has no line end");
  return rows;
}

/** Rows by the names in the header. @throws if one has more or fewer cells */
export function asRows([head = [], ...rows]: string[][]): Record<string, string>[] {
  for (const row of rows) if (row.length !== head.length) throw new Error(`${row.length} cells under ${head.length} names`);
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""])));
}

/** Nodes and edges of GraphML with their data, in order. @throws if it is not well-formed */
export function readXml(
  text: string,
  onElement: (name: string, attributes: Record<string, string>, data: Record<string, string>) => void,
): void {
  const parser = new SaxesParser();
  let open: { name: string; attributes: Record<string, string>; data: Record<string, string> } | undefined;
  let key = "";
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "node" || name === "edge") open = { name, attributes, data: {} };
    else if (name === "data" && open !== undefined) open.data[(key = String(attributes["key"]))] = "";
  });
  parser.on("text", (piece) => {
    if (open !== undefined && key !== "") open.data[key] += piece;
  });
  parser.on("closetag", ({ name }) => {
    if (name === "data") key = "";
    if (name !== open?.name) return;
    onElement(open.name, open.attributes, open.data);
    open = undefined;
  });
  parser.write(text).close();
}

/** Characters that XML forbids are replaced by a picture or U+FFFD. */
export function inXml(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 && !/[\t\n\r]/.test(character)) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return (code > 0x7f && code < 0xa0) || code === 0xfffe || code === 0xffff ? "\ufffd" : character;
  }).join("");
}

/** The triples of N-Triples or Turtle. @throws if the text is neither */
export function readRdf(text: string, format: "N-Triples" | "Turtle"): Quad[] {
  return new Parser({ format }).parse(text);
}
