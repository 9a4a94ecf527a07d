import { documentFromText } from "@weft-nlp/core/text";

// Documents as long as a news article: 40 sentences of 8 to 32 words, of which three runs of
// one to three words are entities and two pairs of neighbours are in a relation. The speed of a
// format depends on such counts, and on characters beyond ASCII, not on the words themselves.
const sentencesADocument = 40;
const types = ["PER", "ORG", "LOC", "GPE"];
const relationTypes = ["works_for", "based_in", "located_in", "part_of", "born_in"];

/**
 * An endless stream of documents, the same for the same seed.
 *
 * @returns {Generator<import("@weft-nlp/core").Document>}
 */
export function* documentsWorkload(seed = 5) {
  const random = mulberry(seed);
  const below = (limit) => Math.floor(random() * limit);
  const lexicon = Array.from({ length: 8_000 }, () => spelling(below));
  const word = () => lexicon[Math.floor(lexicon.length * random() ** 3)];
  for (let number = 0; ; number++) {
    const parts = [];
    const marks = [];
    let at = 0;
    const add = (part) => {
      parts.push(part);
      at += part.length;
    };
    // One document in ten has a character of two UTF-16 units, so that converting offsets to code
    // points costs something.
    if (number % 10 === 0) add("🚀 ");
    for (let sentence = 0; sentence < sentencesADocument; sentence++) {
      const length = 8 + below(25);
      const begins = new Set([below(length), below(length), below(length)]);
      for (let index = 0; index < length; ) {
        const isEntity = begins.has(index) && index + 3 <= length;
        const count = isEntity ? 1 + below(3) : 1;
        const words = Array.from({ length: count }, () => (isEntity || index === 0 ? capital(word()) : word()));
        const start = at;
        add(words.join(" "));
        if (isEntity) marks.push({ start, end: at, type: types[below(types.length)], sentence });
        index += count;
        add(index < length ? " " : "");
      }
      add(sentence === sentencesADocument - 1 ? "." : sentence % 8 === 7 ? ".\n\n" : ". ");
    }
    yield annotated(documentFromText(`doc-${number}`, parts.join("")), marks, below);
  }
}

function annotated(document, marks, below) {
  const starts = new Map(document.tokens.map(({ start }, index) => [start, index]));
  const ends = new Map(document.tokens.map(({ end }, index) => [end, index + 1]));
  const places = document.sentences.flatMap(({ start, end }, index) => Array(end - start).fill(index));
  const entities = marks.flatMap(({ start, end, type }) => {
    const [first, behind] = [starts.get(start), ends.get(end)];
    return first === undefined || behind === undefined ? [] : [{ start: first, end: behind, type }];
  });
  const relations = [];
  for (let head = 0; head + 1 < entities.length; head++) {
    if (places[entities[head].start] !== places[entities[head + 1].end - 1]) continue;
    relations.push({ head, tail: head + 1, type: relationTypes[below(relationTypes.length)] });
  }
  return { ...document, entities, relations };
}

function spelling(below) {
  const consonants = ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr"];
  const vowels = ["a", "e", "i", "o", "u", "é", "ai", "ou"];
  const syllable = () => consonants[below(consonants.length)] + vowels[below(vowels.length)];
  return Array.from({ length: 1 + below(4) }, syllable).join("");
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
