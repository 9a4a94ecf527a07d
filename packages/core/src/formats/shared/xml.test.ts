import { expect, test } from "vitest";
import { readXml } from "./xml.ts";

test("reads elements, attributes, text and lines, however the file is cut", async () => {
  const text =
    '\uFEFF<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "a.dtd">\n<a x="1&amp;2">\n  <b>one &lt;two&#33;</b>\n<c/><![CDATA[<&]]></a>\n';
  for (const size of [1, 3, 1000]) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.slice(index * size, (index + 1) * size),
    );
    const root = await readXml(pieces, "a.xml");
    expect(root).toMatchObject({ name: "a", attributes: { x: "1&2" }, line: 3 });
    expect(root?.text.trim()).toBe("<&");
    expect(root?.children).toMatchObject([
      { name: "b", text: "one <two!", line: 4 },
      { name: "c", text: "", line: 5 },
    ]);
  }
});

test("a line ends at \\n, not at a lone \\r, as in the other formats", async () => {
  await expect(readXml(["", "\r\0"], "a.xml")).rejects.toThrow("a.xml:1:3: disallowed character (XML_INVALID)");
  await expect(readXml(["<a>\r\n<b>\r</b>\r\n</c>"], "a.xml")).rejects.toThrow("a.xml:3:5: unexpected close tag");
  const root = await readXml(["\r<a\n>\r<b\n/></a>"], "a.xml");
  expect(root).toMatchObject({ line: 1, children: [{ name: "b", line: 2 }] });
});

test("an error has the same place however the file is cut", async () => {
  for (const text of ["\n\n <?xml version='1.0'?><a/>", "\n\r\n<a>\u{1F600}\n\r\n</b>", "<a>\n<b x></b>\n</a>"]) {
    const whole = await readXml([text], "a.xml").catch(String);
    expect(whole).toMatch(/XML_INVALID/);
    for (const size of [1, 2, 3]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(await readXml(pieces, "a.xml").catch(String)).toBe(whole);
    }
  }
});

test("white space alone is not a document", async () => {
  expect(await readXml(["", "\uFEFF", " \n"], "a.xml")).toBeUndefined();
});

test.each([
  ["<a>\n<b></a>", /^a\.xml:2:\d+: unexpected close tag \(XML_INVALID\)$/],
  ["<a>\n", /^a\.xml:2:\d+: unclosed tag: a \(XML_INVALID\)$/],
  ["<a x=1/>", /^a\.xml:1:\d+: .*\(XML_INVALID\)$/],
  ["plain", /^a\.xml:1:\d+: .*\(XML_INVALID\)$/],
  ['<!DOCTYPE a [<!ENTITY b "bbb">]>\n<a>&b;</a>', /^a\.xml:2:\d+: undefined entity \(XML_INVALID\)$/],
  ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>', /undefined entity/],
])("%j is refused with its place", async (text, says) => {
  await expect(readXml([text], "a.xml")).rejects.toThrow(says);
});

test("refuses a file over the limits before it fills the memory", async () => {
  const limits = { units: 1000, elements: 10, depth: 5 };
  await expect(readXml(["<a>", "x".repeat(1000)], "a.xml", limits)).rejects.toThrow("more than 1000 UTF-16 units (XML_INVALID)");
  await expect(readXml([`<a>${"<b/>".repeat(10)}</a>`], "a.xml", limits)).rejects.toThrow("more than 10 elements");
  await expect(readXml(["<a>".repeat(6)], "a.xml", limits)).rejects.toThrow("more than 5 deep");
  // A billion laughs: the definitions are ignored, and their use is refused.
  const laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>';
  await expect(readXml([laughs], "a.xml")).rejects.toMatchObject({ code: "XML_INVALID" });
});
