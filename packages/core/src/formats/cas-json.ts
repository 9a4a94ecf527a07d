import type { Document } from "../schema/index.ts";
import { documentFromCas, refuseLegacy } from "./cas-json-read.ts";
import { FileNames } from "./file-names.ts";
import type { Format } from "./format.ts";
import { fitDocument } from "./shared/fit.ts";
import { inceptionHolds as holds, layers } from "./shared/layers.ts";
import { readJsonRecords, recordEvents } from "./shared/records.ts";

/**
 * UIMA CAS JSON 0.4, which INCEpTION exports: a file for each document, with its text, its types
 * and a list of feature structures.
 *
 * Tokens, sentences and parts of speech are DKPro's. Every other annotation with `begin` and `end`
 * is a mention, unless its layer describes text or tokens; the feature called `value`, `label` or
 * the like is its type. A structure with `Governor` and `Dependent` is a relation between them, and
 * the links of a mention become relations with their role as type. Offsets count UTF-16 units
 * unless the header says otherwise, or code points fit the spans better.
 */
export const casJson: Format = {
  name: "cas-json",
  title: "UIMA CAS JSON (INCEpTION)",
  extensions: [".json"],
  layout: "folder",
  commonEnding: true,
  holds,

  // The whole file is one value, so its beginning cannot be parsed.
  recognises: (beginning) =>
    /^\uFEFF?\s*\{\s*"(?:%(?:HEADER|TYPES|FEATURE_STRUCTURES|VIEWS)|_context|_views)"\s*:/.test(beginning),

  async *read(chunks, options = {}) {
    for await (const { fields, at } of readJsonRecords(chunks, options.source)) {
      const place = { source: at.source, line: at.line };
      refuseLegacy(fields, place);
      yield* recordEvents(place, (omit) => documentFromCas(fields, place, options, omit));
    }
  },

  async *write(documents) {
    const names = new FileNames();
    for await (const given of documents) {
      const { records, omissions } = fitDocument(given, holds);
      for (const omission of omissions) yield { kind: "omission", omission };
      const file = `${names.take(given.id)}.json`;
      for (const document of records) yield { kind: "text", file, text: `${JSON.stringify(printCas(document))}\n` };
    }
  },
};

/** DKPro's layer for a token that the text spells otherwise. */
const tokenForm = layers.form;
const annotation = "uima.tcas.Annotation";
const text = (name: string) => ({ [name]: { "%NAME": name, "%RANGE": "uima.cas.String" } });
const reference = (name: string, range: string) => ({ [name]: { "%NAME": name, "%RANGE": range } });

function typeOf(name: string, superType: string, features: object) {
  return { [name]: { "%NAME": name, "%SUPER_TYPE": superType, ...features } };
}

function printCas(document: Document): unknown {
  const { id, text: sofaString, tokens, sentences, pos, entities, relations } = document;
  const structures: Record<string, unknown>[] = [];
  const add = (type: string, features: Record<string, unknown>): number => {
    const number = structures.length + 1;
    structures.push({ "%ID": number, "%TYPE": type, ...features });
    return number;
  };
  const sofa = add("uima.cas.Sofa", { sofaNum: 1, sofaID: "_InitialView", mimeType: "text", sofaString });
  const place = (start: number, end: number) => ({ "@sofa": sofa, begin: tokens[start]?.start, end: tokens[end - 1]?.end });
  add(layers.documentMetaData, { "@sofa": sofa, begin: 0, end: sofaString.length, documentTitle: id });
  for (const { start, end } of sentences) add(layers.sentence, place(start, end));
  for (const [index, token] of tokens.entries()) {
    const tag = pos?.[index];
    const tagged = tag === undefined ? {} : { "@pos": add(layers.pos, { ...place(index, index + 1), PosValue: tag }) };
    const { start, end, text: form } = token;
    const spelling =
      form === sofaString.slice(start, end) ? {} : { "@form": add(tokenForm, { ...place(index, index + 1), value: form }) };
    add(layers.token, { ...place(index, index + 1), ...tagged, ...spelling });
  }
  const numbers = entities.map(({ start, end, type }) =>
    add(layers.span, { ...place(start, end), ...(type === null ? {} : { label: type }) }),
  );
  for (const { head, tail, type } of relations) {
    // As in INCEpTION, a relation lies where its target lies.
    const { start = 0, end = 1 } = entities[tail] ?? {};
    add(layers.relation, { ...place(start, end), label: type, "@Governor": numbers[head], "@Dependent": numbers[tail] });
  }
  return {
    "%TYPES": {
      ...typeOf(layers.documentMetaData, "uima.tcas.DocumentAnnotation", text("documentTitle")),
      ...typeOf(layers.sentence, annotation, {}),
      ...typeOf(layers.token, annotation, { ...reference("pos", layers.pos), ...reference("form", tokenForm) }),
      ...typeOf(layers.pos, annotation, text("PosValue")),
      ...typeOf(tokenForm, annotation, text("value")),
      ...typeOf(layers.span, annotation, text("label")),
      ...typeOf(layers.relation, annotation, {
        ...text("label"),
        ...reference("Governor", annotation),
        ...reference("Dependent", annotation),
      }),
    },
    "%FEATURE_STRUCTURES": structures,
    "%VIEWS": {
      _InitialView: { "%SOFA": sofa, "%MEMBERS": structures.map((_, index) => index + 1).filter((number) => number !== sofa) },
    },
  };
}
