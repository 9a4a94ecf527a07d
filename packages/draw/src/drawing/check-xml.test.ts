import { expect, test } from "vitest";

/** Why a text is not well-formed XML, as far as drawings can go wrong; "" if it is. */
export function checkXml(xml: string): string {
  for (const character of xml) {
    const code = character.codePointAt(0) ?? 0;
    const allowed =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000;
    if (!allowed) return `forbidden character U+${code.toString(16)}`;
  }
  const open: string[] = [];
  const ids = new Set<string>();
  let at = 0;
  while (at < xml.length) {
    const start = xml.indexOf("<", at);
    const text = xml.slice(at, start < 0 ? xml.length : start);
    if (/&(?!(?:amp|lt|gt|quot|#39);)/u.test(text) || text.includes("]]>")) return `bad text: ${text}`;
    if (open.length === 0 && text.trim() !== "") return "text outside the root";
    if (start < 0) break;
    tag.lastIndex = start;
    const match = tag.exec(xml);
    if (match === null) return `bad tag at ${start}: ${xml.slice(start, start + 60)}`;
    const [whole, slash, name = "", attributes = "", closed] = match;
    if (slash === "/") {
      if (open.pop() !== name) return `</${name}> closes nothing`;
    } else {
      const seen = new Set<string>();
      for (const [, attribute = "", value = ""] of attributes.matchAll(/([\w:-]+)="([^"]*)"/gu)) {
        if (seen.has(attribute)) return `${attribute} twice`;
        seen.add(attribute);
        if (/&(?!(?:amp|lt|gt|quot|#39);)/u.test(value)) return `bad attribute: ${value}`;
        if (attribute === "id" && ids.has(value)) return `id ${value} twice`;
        if (attribute === "id") ids.add(value);
        if (/NaN|Infinity|undefined/u.test(value)) return `bad number: ${attribute}="${value}"`;
      }
      if (closed !== "/") open.push(name);
    }
    at = start + whole.length;
  }
  return open.length === 0 ? "" : `<${open.at(-1)}> stays open`;
}

const tag = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gy;

test("the checker that the drawing tests share finds every kind of fault", () => {
  expect(checkXml('<a id="x"><b/>&amp;</a>')).toBe("");
  const broken = [
    "<a>",
    "</a>",
    "<a>&nbsp;</a>",
    "<a>\u0000</a>",
    "<a>\ud800</a>",
    '<a b="<"/>',
    '<a b="1" b="2"/>',
    "<a><b></a></b>",
    "<a/>text",
  ];
  for (const xml of broken) expect(checkXml(xml), xml).not.toBe("");
});
