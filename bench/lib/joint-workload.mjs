import { mulberry } from "./random.mjs";

// Sentences with the measures of CoNLL04 (29 words, 3.7 entities of 1.5 words, 1.4 relations): the
// speed of a joint network depends on lengths and counts, not on the words. Types depend on a few
// words, so a network learns them quickly.
const vocabulary = 3_000;
const types = ["Loc", "Org", "Other", "Peop"];
const relations = ["Kill", "Live_In", "Located_In", "OrgBased_In", "Work_For"];
const sentenceCount = 900;

/**
 * @returns {{id: string, tokens: string[], entities: {start: number, end: number, type: string}[],
 *   relations: {head: number, tail: number, type: string}[]}[]}
 */
export function jointWorkload(seed = 11) {
  const random = mulberry(seed);
  const below = (limit) => Math.floor(random() * limit);
  const words = Array.from({ length: vocabulary }, () =>
    Array.from({ length: 2 + below(8) }, () => String.fromCharCode(97 + below(26))).join(""),
  );
  const share = 40;
  return Array.from({ length: sentenceCount }, (_, index) => {
    const length = Math.min(100, 6 + Math.round(-23 * Math.log(1 - random() * 0.97)));
    const tokens = Array.from({ length }, () => words[vocabulary / 2 + below(vocabulary / 2)]);
    const entities = [];
    for (let at = below(6); at < length && entities.length < 12; ) {
      const [end, kind] = [Math.min(length, at + 1 + (random() < 0.35 ? 1 : 0)), below(types.length)];
      for (let i = at; i < end; i++)
        tokens[i] = words[kind * share + below(share)].replace(/^./, (letter) => letter.toUpperCase());
      entities.push({ start: at, end, type: types[kind] });
      at = end + 2 + below(10);
    }
    const found = [];
    for (let head = 0; head + 1 < entities.length; head++) {
      if (random() < 0.5) found.push({ head, tail: head + 1, type: relations[below(relations.length)] });
    }
    return { id: `s${index}`, tokens, entities, relations: found };
  });
}
