// Writes docs/images/sentence.svg, the picture in the README. Run it after `npm run build`.
import { writeFile } from "node:fs/promises";
import { toSvg } from "@weft-nlp/draw";

const text = "Marta Lindqvist left Northwind Labs in 2019 to found Tidewater Robotics in Bergen.";
const tokens = Array.from(text.matchAll(/\w+|[^\w\s]/gu), ({ 0: word, index }) => ({
  text: word,
  start: index,
  end: index + word.length,
}));

/**
 * @param {string} words
 * @param {string} type
 */
function entity(words, type) {
  const startChar = text.indexOf(words);
  const start = tokens.findIndex((token) => token.start === startChar);
  const end = tokens.findIndex((token) => token.end === startChar + words.length) + 1;
  return { start, end, type };
}

const entities = [
  entity("Marta Lindqvist", "Person"),
  entity("Northwind Labs", "Organization"),
  entity("2019", "Date"),
  entity("Tidewater Robotics", "Organization"),
  entity("Bergen", "Location"),
];
const relations = [
  { head: 0, tail: 1, type: "worked for" },
  { head: 0, tail: 3, type: "founded" },
  { head: 3, tail: 2, type: "founded in" },
  { head: 3, tail: 4, type: "based in" },
];

const title = "Five entities and the four relations between them, found in one sentence";
await writeFile(new URL("../docs/images/sentence.svg", import.meta.url), toSvg({ text, tokens, entities, relations }, { title }));
