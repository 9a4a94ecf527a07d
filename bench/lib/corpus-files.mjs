import { charSpan } from "@weft-nlp/core";
import { collectText, outputFormats } from "@weft-nlp/core/formats";

/**
 * The documents as files in a format, by name. The main file of a single-file format has the name
 * "". Formats that Weft can read but not write are printed here.
 *
 * @param {string} name of a format
 * @param {readonly import("@weft-nlp/core").Document[]} documents
 * @returns {Promise<ReadonlyMap<string, string>>}
 */
export async function corpusFiles(name, documents) {
  if (name === "ace05") return new Map(documents.flatMap(aceFiles));
  if (name === "lstm-er") return new Map((await Promise.all(documents.map(splitFiles))).flat());
  const format = outputFormats.find(name);
  const { text, files } = await collectText(format.write(documents));
  return new Map([...(format.layout === "folder" ? [] : [["", text]]), ...files]);
}

/** Turns the spaces between sentences into line ends, which keeps all offsets. */
async function splitFiles(document) {
  const letters = Array.from(document.text.replaceAll("\n", " "), (letter) => letter);
  const files = await corpusFiles("brat", [{ ...document, text: document.text.replaceAll("\n", " ") }]);
  const places = new Map(Array.from(document.text.matchAll(/[^]/gu), ({ index }, order) => [index, order]));
  for (const { start } of document.sentences.slice(1)) {
    const place = places.get(document.tokens[start].start);
    if (place > 0) letters[place - 1] = "\n";
  }
  return [
    [`${document.id}.split.txt`, letters.join("")],
    [`${document.id}.split.ann`, files.get(`${document.id}.ann`)],
  ];
}

function aceFiles(document) {
  const { id, text, entities, relations } = document;
  const before = `<DOC>\n<DOCID> ${id} </DOCID>\n<BODY>\n<TEXT>\n`;
  const shift = before.replace(/<[^>]*>/g, "").length;
  const places = new Map(Array.from(`${text} `.matchAll(/[^]/gu), ({ index }, order) => [index, order]));
  const charseq = (entity) => {
    const { start, end } = charSpan(document, entity);
    return `<charseq START="${places.get(start) + shift}" END="${places.get(end) + shift - 1}">${text.slice(start, end)}</charseq>`;
  };
  const mentions = entities.map((entity, index) => {
    const inside = `<extent>\n      ${charseq(entity)}\n    </extent>\n    <head>\n      ${charseq(entity)}\n    </head>`;
    const mention = `  <entity_mention ID="${id}-E${index}-1" TYPE="NAM" LDCTYPE="NAM">\n    ${inside}\n  </entity_mention>\n`;
    return `<entity ID="${id}-E${index}" TYPE="${entity.type}" SUBTYPE="Individual" CLASS="SPC">\n${mention}</entity>\n`;
  });
  const links = relations.map(({ head, tail, type }, index) => {
    const argument = (end, role) =>
      `    <relation_mention_argument REFID="${id}-E${end}-1" ROLE="${role}"></relation_mention_argument>\n`;
    const mention = `  <relation_mention ID="${id}-R${index}-1">\n${argument(head, "Arg-1")}${argument(tail, "Arg-2")}  </relation_mention>\n`;
    return `<relation ID="${id}-R${index}" TYPE="${type}" SUBTYPE="Located">\n${mention}</relation>\n`;
  });
  const root = `<source_file URI="${id}.sgm" SOURCE="newswire" TYPE="text" AUTHOR="LDC" ENCODING="UTF-8">\n<document DOCID="${id}">\n`;
  return [
    [`${id}.sgm`, `${before}${text}\n</TEXT>\n</BODY>\n</DOC>\n`],
    [`${id}.apf.xml`, `<?xml version="1.0"?>\n${root}${mentions.join("")}${links.join("")}</document>\n</source_file>\n`],
  ];
}
