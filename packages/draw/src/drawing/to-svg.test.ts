import type { Relation, Token } from "@weft-nlp/core";
import { DataError } from "@weft-nlp/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Arc, layoutArcs, type Rectangle } from "./arc-layout.ts";
import { checkXml } from "./check-xml.test.ts";
import type { Drawable } from "./drawable.ts";
import { textWidth } from "./text-width.ts";
import { toHtml } from "./to-html.ts";
import { svgStyles, toSvg } from "./to-svg.ts";
import { layoutWords } from "./word-layout.ts";

function annotate(
  text: string,
  spans: readonly [words: string, type: string | null][],
  relations: readonly Relation[] = [],
): Drawable {
  const tokens: Token[] = Array.from(text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\s]/gu), (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const entities = spans.map(([words, type]) => {
    const from = text.indexOf(words);
    const start = tokens.findIndex((token) => token.start >= from);
    return { start, end: tokens.findLastIndex((token) => token.end <= from + words.length) + 1, type };
  });
  return { text, tokens, entities, relations };
}

const overlap = (one: Rectangle, other: Rectangle) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** Every stroke of an arc as a thin rectangle. */
function strokes(arc: Arc): Rectangle[] {
  const bar = { left: arc.bar.left, right: arc.bar.right, top: arc.bar.y - 0.6, bottom: arc.bar.y + 0.6 };
  const legs = [arc.head, arc.tail].flatMap((leg) =>
    leg === null ? [] : leg.parts.map(([top, bottom]) => ({ left: leg.x - 0.6, right: leg.x + 0.6, top, bottom })),
  );
  const mark = arc.mark;
  const marks = mark === null ? [] : [{ left: mark.x - 7, right: mark.x + 7, top: arc.bar.y - 7, bottom: arc.bar.y + 7 }];
  return [bar, ...legs, ...marks];
}

function checkArcs(arcs: readonly Arc[]): void {
  for (const [index, one] of arcs.entries()) {
    for (const other of arcs.slice(index + 1)) {
      if (one.line !== other.line) continue;
      expect(overlap(one.label, other.label), `labels of ${one.relation} and ${other.relation}`).toBe(false);
      const sharesBar = one.bar.y === other.bar.y && one.bar.left < other.bar.right && other.bar.left < one.bar.right;
      expect(sharesBar, `bars of ${one.relation} and ${other.relation}`).toBe(false);
      for (const [labelled, stroked] of [
        [one, other],
        [other, one],
      ] as const) {
        expect(
          strokes(stroked).some((stroke) => overlap(labelled.label, stroke)),
          `a stroke of ${stroked.relation} behind ${labelled.relation}`,
        ).toBe(false);
      }
    }
    expect(strokes(one).some((stroke) => overlap(one.label, stroke))).toBe(false);
    expect(one.bar.right).toBeGreaterThan(one.bar.left);
  }
}

const sentences = fc
  .record({
    lengths: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 }),
    spans: fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 6 }), fc.constantFrom("PER", "Organization", null)), {
      minLength: 1,
      maxLength: 12,
    }),
    links: fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.constantFrom("in", "works for", "a rather long relation name")), {
      maxLength: 24,
    }),
    width: fc.integer({ min: 200, max: 1400 }),
  })
  .map(({ lengths, spans, links, width }) => {
    const words = lengths.map((length) => "abcdefghijklmn".slice(0, length));
    const tokens: Token[] = [];
    let at = 0;
    for (const text of words) {
      tokens.push({ text, start: at, end: at + text.length });
      at += text.length + 1;
    }
    const entities = spans.map(([place, size, type]) => {
      const start = place % words.length;
      return { start, end: Math.min(words.length, start + size), type };
    });
    const relations = links.map(([head, tail, type]) => ({ head: head % entities.length, tail: tail % entities.length, type }));
    return { source: { text: words.join(" "), tokens, entities, relations } satisfies Drawable, width };
  });

test("no label touches another label or any stroke, and no bars overlap, for any annotation", () => {
  fc.assert(
    fc.property(sentences, ({ source, width }) => {
      const layout = layoutWords(source, { width, fontSize: 16, entityWidths: source.entities.map(() => 40), direction: "auto" });
      const boxes = layout.boxes.map((own) => ({ line: 0, left: 0, right: 0, ...own[0], top: 0 }));
      const requests = source.relations.map(({ head, tail, type }) => ({ head, tail, labelWidth: type.length * 6 }));
      const { arcs, heights } = layoutArcs(boxes, requests, {
        lineCount: layout.lineCount,
        left: -16,
        right: layout.width + 16,
        rightToLeft: false,
      });
      checkArcs(arcs);
      for (const arc of arcs) expect(-arc.label.top).toBeLessThanOrEqual((heights[arc.line] ?? 0) + 1e-9);
      const whole = source.relations.filter(({ head, tail }) => boxes[head]?.line === boxes[tail]?.line).length;
      expect(arcs).toHaveLength(whole + 2 * (source.relations.length - whole));
    }),
    { numRuns: 300 },
  );
});

test("words are side by side and inside their entity's box, for any annotation", () => {
  fc.assert(
    fc.property(sentences, ({ source, width }) => {
      const { words, boxes } = layoutWords(source, {
        width,
        fontSize: 16,
        entityWidths: source.entities.map(() => 30),
        direction: "auto",
      });
      for (const [index, word] of words.entries()) {
        const next = words[index + 1];
        if (next !== undefined && next.line === word.line) expect(next.x).toBeGreaterThanOrEqual(word.x + word.width - 1e-9);
      }
      for (const [index, entity] of source.entities.entries()) {
        for (const word of words.slice(entity.start, entity.end)) {
          const box = boxes[index]?.find(
            ({ line, left, right }) => line === word.line && left <= word.x && right >= word.x + word.width,
          );
          expect(box).toBeDefined();
        }
      }
    }),
  );
});

test("draws two relations on one pair, a loop and crossing arcs", () => {
  const boxes = [0, 100, 200, 300].map((left) => ({ line: 0, left, right: left + 60, top: 0 }));
  const pairs = [
    [0, 1],
    [0, 1],
    [1, 0],
    [2, 2],
    [0, 2],
    [1, 3],
  ] as const;
  const requests = pairs.map(([head, tail]) => ({ head, tail, labelWidth: 30 }));
  const { arcs } = layoutArcs(boxes, requests, { lineCount: 1, left: 0, right: 400, rightToLeft: false });
  expect(arcs.map((arc) => arc.relation)).toEqual([0, 1, 2, 3, 4, 5]);
  checkArcs(arcs);
  const ends = arcs.flatMap((arc) => [arc.head?.x, arc.tail?.x]);
  expect(new Set(ends).size).toBe(ends.length);
});

test("an enclosing arc is above the arc it encloses", () => {
  const boxes = [0, 100, 200].map((left) => ({ line: 0, left, right: left + 60, top: 0 }));
  const requests = [
    [0, 2],
    [0, 1],
    [1, 2],
  ].map(([head = 0, tail = 0]) => ({ head, tail, labelWidth: 20 }));
  const { arcs } = layoutArcs(boxes, requests, { lineCount: 1, left: 0, right: 300, rightToLeft: false });
  expect(arcs.map((arc) => arc.level)).toEqual([1, 0, 0]);
});

test("an arc between lines becomes two halves with the same number, which leave at the line's end", () => {
  const boxes = [
    { line: 0, left: 50, right: 90, top: 0 },
    { line: 2, left: 30, right: 80, top: 0 },
  ];
  const options = { lineCount: 3, left: 0, right: 400, rightToLeft: false };
  const { arcs, heights } = layoutArcs(boxes, [{ head: 0, tail: 1, labelWidth: 20 }], options);
  expect(arcs.map(({ line, mark, head, tail }) => [line, mark?.x, mark?.number, head !== null, tail !== null])).toEqual([
    [0, 400, 1, true, false],
    [2, 0, 1, false, true],
  ]);
  expect(heights[1]).toBe(0);
  const mirrored = layoutArcs(boxes, [{ head: 0, tail: 1, labelWidth: 20 }], { ...options, rightToLeft: true });
  expect(mirrored.arcs.map(({ mark }) => mark?.x)).toEqual([0, 400]);
});

test("right-to-left words run from the right, and a run of the other direction keeps its order", () => {
  const source = annotate("דנה עבדה New York Times בחיפה", [["New York Times", "ORG"]]);
  const { words, rightToLeft } = layoutWords(source, { width: 900, fontSize: 16, entityWidths: [0], direction: "auto" });
  expect(rightToLeft).toBe(true);
  expect([...words].sort((a, b) => a.x - b.x).map(({ text }) => text)).toEqual(["בחיפה", "New", "York", "Times", "עבדה", "דנה"]);
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))).map((units) => units.join("")),
  fc.constantFrom("<svg onload=x>", "]]>", "&amp;", '" onclick="', "\u0000\u0001", "\ud800", "--><!--", "\u202eabc"),
);

test("hostile text, types and titles give well-formed XML", () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, (word, type, relation, title) => {
      const text = `${word}x y`;
      const tokens = [
        { text: `${word}x`, start: 0, end: word.length + 1 },
        { text: "y", start: word.length + 2, end: word.length + 3 },
      ];
      const entities = [
        { start: 0, end: 1, type, confidence: Number.NaN },
        { start: 1, end: 2, type: null },
      ];
      const source = { text, tokens, entities, relations: [{ head: 0, tail: 1, type: relation }] };
      expect(checkXml(toSvg(source, { title, width: 240 }))).toBe("");
      expect(checkXml(toHtml(source, { title, page: false }))).toBe("");
    }),
    { numRuns: 300 },
  );
});

test("a drawing is deterministic and has a name and a description", () => {
  const source = annotate(
    "Ada met Bob.",
    [
      ["Ada", "PER"],
      ["Bob", "PER"],
    ],
    [{ head: 0, tail: 1, type: "met", confidence: 0.5 }],
  );
  const svg = toSvg(source);
  expect(toSvg(source)).toBe(svg);
  expect(svg).toMatch(
    /<svg [^>]*role="img" aria-labelledby="(weft-\w+)-title \1-desc"[^>]*>\s*<title id="\1-title">Text with 2 entities and 1 relation</,
  );
  expect(svg).toContain("Ada → met → Bob, confidence 0.50");
  expect(svg).toContain('class="weft-stroke" opacity="0.68"');
  expect(svg).toContain("prefers-color-scheme:dark");
  expect(toSvg(source, { theme: "dark" })).not.toContain("prefers-color-scheme");
});

test("draws empty and unannotated texts, and tokens need not cover the text", () => {
  expect(checkXml(toSvg({ text: "", tokens: [], entities: [], relations: [] }))).toBe("");
  const svg = toSvg({ text: "one two", tokens: [{ text: "two", start: 4, end: 7 }], entities: [], relations: [] });
  expect(svg).toContain(">one</text>");
});

test("inline spans nest, and crossing ones are closed and reopened", () => {
  const html = toHtml(
    annotate("a b c d", [
      ["a b c", "X"],
      ["b", "Y"],
      ["c d", "Z"],
    ]),
    { page: false },
  );
  const paragraph = /<p[^>]*>(.*)<\/p>/u.exec(html)?.[1]?.replace(/ (?:class|title)="[^"]*"/gu, "");
  expect(paragraph).toBe(
    '<span data-entity="0">a <span data-entity="1">b<small>Y</small></span> <span data-entity="2">c</span><small>X</small></span>' +
      '<span data-entity="2"> d<small>Z</small></span>',
  );
});

test("reports spans and relations that point nowhere", () => {
  const source = annotate("Ada met Bob.", [["Ada", "PER"]]);
  const codeOf = (change: Partial<Drawable>) => {
    try {
      toSvg({ ...source, ...change });
    } catch (error) {
      return error instanceof DataError ? `${error.code} ${error.at?.path}` : error;
    }
    return "drawn";
  };
  expect(codeOf({ relations: [{ head: 0, tail: 3, type: "x" }] })).toBe("RELATION_END_MISSING relations[0].tail");
  expect(codeOf({ entities: [{ start: 2, end: 2, type: null }] })).toBe("SPAN_EMPTY entities[0]");
  expect(codeOf({ entities: [{ start: 2, end: 9, type: null }] })).toBe("SPAN_OUTSIDE entities[0]");
  expect(codeOf({ tokens: [{ text: "x", start: 5, end: 99 }] })).toBe("SPAN_OUTSIDE tokens[0]");
});

// Other load may disturb one of the two measurements: the best of several attempts counts.
test("drawing time grows about linearly with the text", { retry: 10 }, () => {
  const build = (entityCount: number) => {
    const words = Array.from({ length: entityCount * 8 }, (_, index) => `word${index % 97}`);
    const text = words.join(" ");
    const entities = Array.from({ length: entityCount }, (_, index) => ({
      start: index * 8,
      end: index * 8 + 2,
      type: `T${index % 9}`,
    }));
    const relations = Array.from({ length: entityCount - 3 }, (_, index) => ({
      head: index,
      tail: index + 1 + (index % 3),
      type: "next to",
    }));
    let at = 0;
    const tokens = words.map((word) => {
      const start = at;
      at += word.length + 1;
      return { text: word, start, end: start + word.length };
    });
    return { text, tokens, entities, relations };
  };
  const timeOf = (source: Drawable) => {
    const runs = Array.from({ length: 3 }, () => {
      const start = performance.now();
      toSvg(source);
      return performance.now() - start;
    });
    return Math.min(...runs);
  };
  const small = build(200);
  expect(small.text.length).toBeGreaterThan(9_900);
  timeOf(small);
  const [once, fourfold] = [timeOf(small), timeOf(build(800))];
  expect(fourfold / once, "time for 40,000 characters over that for 10,000").toBeLessThan(10);
});

test("a drawing without styles is otherwise the same, and svgStyles has the rules for every type", () => {
  const source = annotate("Ada left Acme", [
    ["Ada", "PER"],
    ["Acme", null],
  ]);
  const styled = toSvg(source);
  const bare = toSvg(source, { styles: false });
  expect(bare).not.toContain("<style");
  expect(bare).toBe(styled.replace(/<style>[^]*<\/style>\n/, ""));
  const rules = svgStyles();
  for (const rule of /<style>([^]*)<\/style>/.exec(styled)?.[1]?.match(/^\.weft-[\w-]+ .*$/gm) ?? [])
    expect(rules).toContain(rule);
  expect(rules).toContain(".weft-type-12 rect{");
});

test("every box and arc names its entity or relation", () => {
  const source = annotate(
    "Ada left Acme",
    [
      ["Ada", "PER"],
      ["Acme", "ORG"],
    ],
    [{ head: 1, tail: 0, type: "lost" }],
  );
  const svg = toSvg(source);
  expect([...svg.matchAll(/data-(\w+)="(\d+)"/g)].map(([, kind, index]) => `${kind} ${index}`)).toEqual([
    "entity 0",
    "entity 1",
    "relation 0",
  ]);
});

test("a text keeps its own spaces, indents and empty lines where that is asked for", () => {
  const source = annotate("one  two\n\n    three", []);
  const place = (options: { ownSpaces: boolean }) => {
    const { words } = layoutWords(source, { width: 900, fontSize: 10, entityWidths: [], direction: "auto", ...options });
    return words.map(({ text, x, line }) => [text, Math.round(x * 100) / 100, line]);
  };
  const space = textWidth(" ", 10);
  const second = Math.round((textWidth("one", 10) + space) * 100) / 100;
  expect(place({ ownSpaces: false })).toEqual([
    ["one", 0, 0],
    ["two", second, 0],
    ["three", 0, 1],
  ]);
  expect(place({ ownSpaces: true })).toEqual([
    ["one", 0, 0],
    ["two", Math.round((second + space) * 100) / 100, 0],
    ["three", Math.round(400 * space) / 100, 2],
  ]);
});

test("measured words are drawn without a fixed length, each with its token, and a long type fits its box", () => {
  const type = "A_TYPE_WITH_A_VERY_LONG_NAME_INDEED";
  const source = annotate("Ada left", [["Ada", type]], []);
  const svg = toSvg(source, { measure: (text, fontSize) => text.length * fontSize, tokens: true });
  expect(svg).not.toContain("textLength");
  expect([...svg.matchAll(/data-token="(\d)"[^>]*>(\w+)</g)].map(([, token, word]) => `${token} ${word}`)).toEqual([
    "0 Ada",
    "1 left",
  ]);
  expect(svg).toContain(`>${type}</text>`);
  const width = Number(/<rect [^>]*width="([\d.]+)" height="[\d.]+" rx="6"/.exec(svg)?.[1]);
  expect(width).toBeGreaterThan(type.length * 9.5);
});

test("arcs between dense lines end next to their label, so that the lines stay close", () => {
  const boxes = Array.from({ length: 20 }, (_, index) => ({
    line: Math.floor(index / 10),
    left: (index % 10) * 80,
    right: (index % 10) * 80 + 60,
    top: 0,
  }));
  const requests = Array.from({ length: 10 }, (_, index) => ({ head: index, tail: 19 - index, labelWidth: 20 }));
  const { arcs, heights } = layoutArcs(boxes, requests, { lineCount: 2, left: 0, right: 800, rightToLeft: false });
  checkArcs(arcs);
  expect(Math.max(...arcs.map(({ level }) => level))).toBeLessThan(5);
  expect(Math.max(...heights)).toBeLessThan(6 * 21 + 13);
});
