import { DataError } from "../errors.ts";
import { type Document, type Entity, type Omission, type Relation, validateDocument } from "../schema/index.ts";
import { documentFromBlocks, type TextOptions } from "../text/index.ts";
import { type AceAnnotation, type AceMention, type AceSpan, readAceAnnotation } from "./ace-annotation.ts";
import { type AceCounting, type AceText, readAceText } from "./ace-text.ts";
import { nameOf } from "./file-names.ts";
import type { InputFormat, ReadOptions } from "./format.ts";
import { placedText } from "./shared/character-spans.ts";
import { readWhole } from "./shared/lines.ts";
import type { Omit } from "./shared/records.ts";
import { readXml } from "./shared/xml.ts";

const endings = { annotation: ".apf.xml", text: ".sgm" };

/**
 * ACE05 as the Linguistic Data Consortium distributes it (LDC2006T06): `X.sgm` with the text and
 * `X.apf.xml` with the annotation, in folders by genre and by annotation stage.
 *
 * Follows the usual setup (Li and Ji 2014, Miwa and Bansal 2016): mentions of the 7 coarse entity
 * types, located by their **head** unless `spans` asks for the extent; relation mentions of 6
 * coarse types, from Arg-1 to Arg-2, without METONYMY. Offsets count characters of the .sgm file
 * with line ends and without tags; ends are inclusive. Sentences are detected in text wrapped at a
 * fixed width, and none crosses a tag. The elements that describe the document (DOCID, DOCTYPE,
 * DATETIME, ENDTIME) are not part of the text.
 */
export const ace05: InputFormat = {
  name: "ace05",
  title: "ACE05 (LDC2006T06)",
  extensions: [endings.annotation],
  layout: "folder",
  companions: [endings.text],
  holds: {
    record: "document",
    text: true,
    tokens: false,
    offsets: "code points",
    entities: "all",
    entityTypes: "always",
    relations: true,
    overlapping: true,
    duplicates: true,
    crossSentence: true,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises: (beginning) => /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE\s+source_file\b|<source_file\s)/.test(beginning),

  chooseFiles: lastStages,

  async *read(chunks, options = {}) {
    const { source } = options;
    const omissions: Omission[] = [];
    const omit: Omit = (path, reason, at = { source }) => void omissions.push({ source: at.source, line: at.line, path, reason });
    const root = await readXml(chunks, source);
    const annotation =
      root === undefined ? { mentions: [], relations: [] } : readAceAnnotation(root, options.spans ?? "head", source, omit);
    const document = placeAnnotation(annotation, await readSource(options), options, omit);
    const at = { source, line: 1 };
    validateDocument(document, at);
    for (const omission of omissions) yield { kind: "omission", omission };
    yield { kind: "document", document, at };
  },
};

/**
 * The annotation stages by their LDC folder names, last stage first: times normalised, adjudicated,
 * both annotators.
 */
const stages = ["timex2norm", "adj", "fp1", "fp2"];

/** For each document, the file of its last stage. */
function lastStages(files: readonly string[]): readonly string[] {
  const best = new Map<string, { file: string; rank: number }>();
  for (const file of files) {
    const folders = file.split(/[/\\]/).slice(0, -1);
    const stage = stages.findIndex((name) => folders.includes(name));
    const rank = stage < 0 ? stages.length : stage;
    const key = [...folders.filter((folder) => !stages.includes(folder)), nameOf(file, "")].join("/");
    const known = best.get(key);
    if (known === undefined || rank < known.rank) best.set(key, { file, rank });
  }
  return [...best.values()].map(({ file }) => file);
}

async function readSource({ source, companions }: ReadOptions): Promise<string> {
  const chunks = companions?.read(endings.text);
  if (chunks !== undefined) return readWhole(chunks, source);
  throw new DataError("COMPANION_MISSING", {
    at: { source },
    message: `the text of this annotation is missing: there is no ${endings.text} file of the same name next to it`,
    hint: `ACE05 keeps X${endings.text} and X${endings.annotation} in one folder`,
  });
}

function placeAnnotation(annotation: AceAnnotation, sourceText: string, options: ReadOptions, omit: Omit): Document {
  const { source } = options;
  const { text, blocks, places } = countAsAnnotated(sourceText, annotation.mentions);
  const given = {
    ...{ id: nameOf(source, endings.annotation), text, options: { newlines: "soft", ...options.text } as const },
    plain: (id: string, whole: string, how: TextOptions | undefined) => documentFromBlocks(id, whole, blocks, how),
  };
  const spans = annotation.mentions.flatMap(({ span }) => {
    const found = charactersOf(span, places);
    return typeof found === "string" ? [] : [found];
  });
  const { plain, place } = placedText(given, spans, "utf16", omit);
  const entities: Entity[] = [];
  const indices = new Map<string, number>();
  for (const mention of annotation.mentions) {
    const at = { source, line: mention.line };
    if (indices.has(mention.id)) {
      const message = `the id ${mention.id} is a duplicate`;
      throw new DataError("FIELD_INVALID", { at: { ...at, path: "entity_mention" }, message });
    }
    const found = charactersOf(mention.span, places);
    if (found === "outside") {
      const { start, end } = mention.span;
      throw new DataError("SPAN_OUTSIDE", {
        at: { source, line: mention.span.line, path: "charseq" },
        message: `the characters ${start} to ${end - 1} are not in the text, which has ${places.length - 1} without its tags`,
        hint: "offsets count from 0, including line ends and excluding tags",
      });
    }
    indices.set(mention.id, found === "left out" ? -1 : entities.length);
    if (found === "left out")
      omit("entity_mention", "the mention is in the document's header, which is not part of the text", at);
    else entities.push({ ...place({ ...found, text: mention.span.text }, "entity_mention", at), type: mention.type });
  }
  const relations = annotation.relations.flatMap(({ type, ends, line }): Relation[] => {
    const [head, tail] = ends.map((id) => {
      const index = indices.get(id);
      if (index !== undefined) return index;
      throw new DataError("RELATION_END_MISSING", {
        at: { source, line, path: "relation_mention" },
        message: `the relation names ${JSON.stringify(id)}, but no entity_mention in this file has this id`,
        hint: "REFID is the ID of a mention in the same file",
      });
    }) as [number, number];
    if (head >= 0 && tail >= 0) return [{ head, tail, type }];
    omit("relation_mention", "an end of the relation could not be placed", { source, line });
    return [];
  });
  return { ...plain, entities, relations };
}

/**
 * The guidelines' rules first, then the others by how likely a tool or unpacking introduced them.
 */
const usual: AceCounting = { references: "as written", lineEnds: "one" };
const otherCountings: readonly AceCounting[] = [
  { references: "as meant", lineEnds: "one" },
  { references: "as written", lineEnds: "two" },
  { references: "as meant", lineEnds: "two" },
];

/** The counting rules under which most mentions match the words in their annotation. */
function countAsAnnotated(source: string, mentions: readonly AceMention[]): AceText {
  const agreeing = ({ text, places }: AceText): number =>
    mentions.filter(({ span }) => {
      const found = charactersOf(span, places);
      return typeof found === "object" && plainWords(text.slice(found.start, found.end)) === plainWords(span.text);
    }).length;
  let best = readAceText(source, usual);
  let max = agreeing(best);
  for (const counting of otherCountings) {
    if (max === mentions.length) break;
    const text = readAceText(source, counting);
    const count = agreeing(text);
    if (count <= max) continue;
    max = count;
    best = text;
  }
  return best;
}

function plainWords(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The UTF-16 offsets of a span of counted characters. */
function charactersOf(
  { start, end }: AceSpan,
  places: readonly number[],
): { start: number; end: number } | "outside" | "left out" {
  const [from, last, behind] = [places[start], places[end - 1], places[end]];
  if (from === undefined || last === undefined || behind === undefined) return "outside";
  if (from < 0 || last < 0) return "left out";
  return { start: from, end: behind < 0 ? last + 1 : behind };
}
