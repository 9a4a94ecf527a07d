import { Catalogue } from "../catalogue.ts";
import { ace05 } from "./ace05.ts";
import { bioc } from "./bioc.ts";
import { biocJson } from "./bioc-json.ts";
import { brat } from "./brat.ts";
import { casJson } from "./cas-json.ts";
import { casrel } from "./casrel.ts";
import { conll } from "./conll.ts";
import { conll04 } from "./conll04.ts";
import { conllu } from "./conllu.ts";
import { copyre } from "./copyre.ts";
import { cotype } from "./cotype.ts";
import { displacyDep } from "./displacy-dep.ts";
import { displacyEnt } from "./displacy-ent.ts";
import { displacySpan } from "./displacy-span.ts";
import { doccano } from "./doccano.ts";
import type { Format, InputFormat, OutputFormat } from "./format.ts";
import { gliner } from "./gliner.ts";
import { jsonl } from "./jsonl.ts";
import { labelStudio } from "./label-studio.ts";
import { lstmEr } from "./lstm-er.ts";
import { multihead } from "./multihead.ts";
import { opennre } from "./opennre.ts";
import { pairs } from "./pairs.ts";
import { prodigy } from "./prodigy.ts";
import { pubtator } from "./pubtator.ts";
import { rin } from "./rin.ts";
import { scierc } from "./scierc.ts";
import { slipsIn } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { firstFields } from "./shared/records.ts";
import { spacy } from "./spacy.ts";
import { spert } from "./spert.ts";
import { tacred } from "./tacred.ts";
import { tplinker } from "./tplinker.ts";
import { ubiai } from "./ubiai.ts";
import { webannoTsv } from "./webanno-tsv.ts";

/**
 * Every annotation format, one per line. The command line, format detection and the shared tests
 * iterate over this table.
 */
export const formats = {
  jsonl,
  brat,
  "label-studio": labelStudio,
  doccano,
  prodigy,
  scierc,
  spert,
  conll04,
  multihead,
  casrel,
  tplinker,
  rin,
  cotype,
  copyre,
  gliner,
  conll,
  conllu,
  ubiai,
  "webanno-tsv": webannoTsv,
  "cas-json": casJson,
  tacred,
  opennre,
  pubtator,
  bioc,
  "bioc-json": biocJson,
  pairs,
} satisfies Record<string, Format>;

/** Formats that can only be read, one per line. */
export const readOnlyFormats = {
  ace05,
  "lstm-er": lstmEr,
  spacy,
} satisfies Record<string, InputFormat>;

/** Formats that can only be written, one per line. */
export const writeOnlyFormats = {
  "displacy-ent": displacyEnt,
  "displacy-dep": displacyDep,
  "displacy-span": displacySpan,
} satisfies Record<string, OutputFormat>;

/** The name of a format that can be read and written. */
export type FormatName = keyof typeof formats;

/** Every format that can be read, built in or registered. */
export const inputFormats = new Catalogue<InputFormat>("format", [...Object.values(formats), ...Object.values(readOnlyFormats)]);

/** Every format that can be written, built in or registered. */
export const outputFormats = new Catalogue<OutputFormat>("format", [
  ...Object.values(formats),
  ...Object.values(writeOnlyFormats),
]);

/**
 * The formats that a file may have, the likeliest first. Empty if none fits; several if the content
 * is ambiguous.
 *
 * If content is given, it decides, and formats with a matching ending come first. Without content,
 * the ending decides.
 *
 * @param fileName path or name; only its ending counts
 * @param beginning the first lines of the file, at least one whole line or the whole file
 */
export function detectFormats(fileName: string, beginning = ""): readonly InputFormat[] {
  const name = fileName.toLowerCase();
  const all: readonly InputFormat[] = [...inputFormats];
  const hasEnding = (format: InputFormat): boolean => format.extensions.some((extension) => name.endsWith(extension));
  if (!/\S/.test(beginning)) return all.filter(hasEnding);
  const recognised = all.filter((format) => format.recognises(beginning, name));
  return [...recognised.filter(hasEnding), ...recognised.filter((format) => !hasEnding(format))];
}

/** What the first record of a JSON file that fits no format may mean by its fields, as a hint. */
export function misspeltFields(beginning: string): string | undefined {
  const record = firstFields(firstJsonValue(beginning));
  return record === undefined ? undefined : slipsIn(record);
}

/** The format of a file, if its ending and beginning leave no doubt. */
export function detectFormat(fileName: string, beginning = ""): InputFormat | undefined {
  const found = detectFormats(fileName, beginning);
  return found.length === 1 ? found[0] : undefined;
}
