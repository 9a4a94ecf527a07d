// A story of twenty sentences about the same few people and firms, with its right annotation: what
// `scripts/count-correct-presses.mjs` corrects. `[words|TYPE]` is an entity, and the lines below a
// sentence are relations between its entities, counted from 0.
const story = `
[Halvard Brekke|PER] runs [Fjordglass|ORG], a glassworks in [Odda|LOC].
0 leads 1; 1 based_in 2
[Fjordglass|ORG] was founded by [Signe Brekke|PER] in [1948|DATE].
1 founded 0; 0 founded_on 2
Today [Fjordglass|ORG] makes the [Skarv Lantern|PRODUCT] and little else.
0 makes 1
[Signe Brekke|PER] was born in [Tyssedal|LOC] and is married to [Halvard Brekke|PER].
0 born_in 1; 0 married_to 2
The [Skarv Lantern|PRODUCT] was drawn by [Ines Okafor|PER] on a napkin.
1 created 0
[Ines Okafor|PER] lives in [Odda|LOC] but works for [Lantern & Sons|ORG].
0 lives_in 1; 0 works_for 2
[Lantern & Sons|ORG] has been part of [Nordlys Holding|ORG] for years.
0 part_of 1
In [2021|DATE] not a soul at [Nordlys Holding|ORG] had heard of [Fjordglass|ORG].

[Nordlys Holding|ORG] bought [Fjordglass|ORG] all the same.
0 acquired 1
[Halvard Brekke|PER] heard of it at the [Odda Glass Days|EVENT].
0 took_part_in 1
The [Odda Glass Days|EVENT] take place in [Odda|LOC] whatever the weather.
0 took_place_in 1
They are organised by [Lantern & Sons|ORG], and [Ines Okafor|PER] never misses them.

[Signe Brekke|PER] wrote [Sand and Fire|WORK] about the glassworks.
0 created 1
[Sand and Fire|WORK] was published by [Vestland Trykk|ORG] in a small edition.
1 published 0
[Vestland Trykk|ORG] sits in [Bergen|LOC], two floors above a bakery.
0 based_in 1
The second edition of [Sand and Fire|WORK] has a picture of the [Skarv Lantern|PRODUCT].

[Ines Okafor|PER] left [Lantern & Sons|ORG] and founded [Okafor Form|ORG].
0 works_for 1; 0 founded 2
[Okafor Form|ORG] is based in [Tyssedal|LOC], an hour from [Odda|LOC].
0 based_in 1
[Nordlys Holding|ORG] asked [Okafor Form|ORG] for a new lantern.

[Halvard Brekke|PER] still sells the old [Skarv Lantern|PRODUCT] in [Bergen|LOC].
`;

/**
 * @typedef {{ start: number, end: number, type: string }} StoryEntity offsets in the text
 * @typedef {{ head: number, tail: number, type: string }} StoryRelation
 * @typedef {{ text: string, entities: StoryEntity[], relations: StoryRelation[] }} StorySentence
 */

/** @returns {StorySentence[]} */
export function readStory() {
  /** @type {StorySentence[]} */
  const sentences = [];
  for (const line of story.split("\n")) {
    if (line.trim() === "") continue;
    const last = sentences.at(-1);
    if (/^\d/.test(line) && last !== undefined) {
      last.relations = line.split("; ").map((each) => {
        const [head = "", type = "", tail = ""] = each.split(" ");
        return { head: Number(head), tail: Number(tail), type };
      });
      continue;
    }
    /** @type {StoryEntity[]} */
    const entities = [];
    let text = "";
    for (const part of line.split(/(\[[^\]]+\])/)) {
      const [, words, type = ""] = /^\[(.+)\|(\w+)\]$/.exec(part) ?? [];
      if (words !== undefined) entities.push({ start: text.length, end: text.length + words.length, type });
      text += words ?? part;
    }
    sentences.push({ text, entities, relations: [] });
  }
  return sentences;
}
