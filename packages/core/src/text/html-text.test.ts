import fc from "fast-check";
import { expect, test } from "vitest";
import { textOfHtml } from "./html-text.ts";

test("a page becomes its visible text", () => {
  const page = `<!DOCTYPE html><html><head><title>Red Stone</title><style>p { color: red }</style>
    <script>if (1 < 2) document.write("<p>no</p>")</script></head>
    <body><!-- <p>not this</p> --><h1>Red &amp; Stone</h1>
    <p>Lena  Hart\n founded <b>Red</b> Stone<br>in Turin&nbsp;&#8212; in &#x201C;1990&#x201D;.</p>
    <ul><li>one<li>two</ul>
    <table><tr><td>Lena</td><td>Turin</td></tr><tr><td>Ines<td>Oslo</table>
    <div hidden><div>gone</div>gone</div><div style="display : none">gone</div><p style=visibility:hidden>gone<p>There
    <noscript>gone</noscript><svg><text>gone</text></svg><textarea>gone</textarea><template>gone</template>
    <pre>a  b\r\n  c</pre><script>never ends`;
  expect(textOfHtml(page)).toBe(
    "Red & Stone\n\nLena Hart founded Red Stone\nin Turin\u00a0— in “1990”.\n\none\n\ntwo\n\nLena\tTurin\n\nInes\tOslo\n\nThere\n\na  b\n  c",
  );
});

test.each([
  ["1 < 2 & 3 <4", "1 < 2 & 3 <4"],
  ["<p title='a > b' data-x=\"hidden\">shown</p>", "shown"],
  ['<p class=hidden>shown</p><p class="x"hidden>gone</p>', "shown"],
  ["<p class=hidden-md>shown <i hidden>gone</i>too</p>", "shown too"],
  ["<div hidden><b>gone</div>shown", "shown"],
  ["<ul><li hidden>gone<ul><li>gone</ul>gone<li>shown</ul>", "shown"],
  ["<table><tr hidden><td>gone<tr><td>shown</table>", "shown"],
  ["a<b>b</b>c <i> d</i>", "abc d"],
  ["&unknown; &amp &copy2; &#0; &#128; &Scaron;&eacute;", "&unknown; & &copy2; \ufffd € Šé"],
  ["<head><meta charset=utf-8><body>shown", "shown"],
  ["<p>one<p>two<br><br>three", "one\n\ntwo\n\nthree"],
  ["text <!-- open", "text"],
  ["text <a href='open", "text"],
  ["", ""],
])("%j is %j", (html, text) => {
  expect(textOfHtml(html)).toBe(text);
});

test("plain text without marks stays, and any page is read", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom("<", ">", "p", "div", "/", "!--", "--", '"', "=", "hidden", " ", "a", "script", "&", "#", "1", ";"),
      ),
      (pieces) => {
        expect(textOfHtml(pieces.join("")).includes("\r")).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each(["<", "<a ", "<a '", "<!--", "<script>", "<div hidden>", "&", "&#", "</", "<p hidden>", '<a b="', "<a =' "])(
  "a hundred thousand times %j takes linear time",
  (unit) => {
    // Quadratic work on this much text takes longer than a test may.
    expect(textOfHtml(unit.repeat(300_000)).length).toBeLessThanOrEqual(unit.length * 300_000);
  },
);
